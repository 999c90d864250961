//! Sends a generated case down the whole road, and keeps the draft as the last hook left it.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime};

use sapi::testing::{Authority, Harness, RequestBuilder, TestKey};
use sapi::{
    CertRequest, DraftCertificate, IssuedCertificate, Rejection, SerialNumber, SigningContext,
    SigningHooks, Terms, Validity, Verdict, async_trait,
};
use tokio::runtime::{Builder, Runtime};

use super::case::{Case, WISHES};
use crate::invariants;

/// A road for generated cases, with one CA and one time.
#[derive(Debug)]
pub struct Road {
    harness: Harness,
    hooks: Arc<Generated>,
    runtime: Runtime,
    now: SystemTime,
}

/// How a journey ended.
#[derive(Debug)]
pub enum End {
    /// The request was refused before any hook saw it, with this slug.
    Unread(&'static str),
    /// A certificate, for which every invariant was checked.
    Issued(Box<IssuedCertificate>),
    /// Refused on the road.
    Refused(Rejection),
}

/// The hook: does what the case says.
#[derive(Debug, Default)]
struct Generated {
    case: Mutex<Option<Case>>,
    left: Mutex<Option<DraftCertificate>>,
}

impl Road {
    /// A road for this CA at this time.
    ///
    /// # Panics
    ///
    /// When the system starts no thread.
    #[must_use]
    pub fn new(authority: Authority, now: SystemTime) -> Self {
        let hooks = Arc::new(Generated::default());
        let harness = Harness::new(Arc::clone(&hooks)).authority(authority);
        Self {
            harness: harness.at(now),
            hooks,
            runtime: Builder::new_current_thread().enable_time().build().unwrap(),
            now,
        }
    }

    /// Sends a case down the road.
    ///
    /// # Panics
    ///
    /// When a certificate comes out for which an invariant does not hold.
    pub fn travel(&self, case: &Case) -> End {
        let request = match build(case) {
            Ok(request) => request,
            Err(slug) => return End::Unread(slug),
        };
        *self.hooks.case.lock().unwrap() = Some(case.clone());
        *self.hooks.left.lock().unwrap() = None;
        let answer = self
            .runtime
            .block_on(self.harness.issue("generated", &request));
        let certificate = match answer {
            Ok(certificate) => certificate,
            Err(rejection) => return End::Refused(rejection),
        };
        let draft = self.hooks.left.lock().unwrap().take().unwrap();
        invariants::check(&invariants::Origin {
            certificate: &certificate,
            request: &request,
            draft: &draft,
            ca: self.harness.ca(),
            granted: Validity::seconds(case.seconds).duration(),
            backdate: Duration::from_secs(300),
            now: self.now,
        });
        End::Issued(Box::new(certificate))
    }
}

#[async_trait]
impl SigningHooks for Generated {
    fn name(&self) -> &str {
        "generated"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let case = self.case.lock().unwrap().clone().unwrap();
        let mut terms = Terms::valid_for(Validity::seconds(case.seconds));
        if case.as_requested {
            terms = terms.with_requested_names(cx.csr());
        }
        let granted = case.granted.iter().map(super::case::Name::alt_name);
        Ok(Verdict::Grant(terms.with_names(granted)))
    }

    async fn serial_number(&self, _: &SigningContext) -> Result<Option<SerialNumber>, Rejection> {
        let case = self.case.lock().unwrap();
        let octets = case.as_ref().and_then(|case| case.serial.as_deref());
        Ok(octets.and_then(|octets| SerialNumber::from_be_bytes(octets).ok()))
    }

    async fn presign(
        &self,
        _: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        let case = self.case.lock().unwrap().clone().unwrap();
        for change in &case.changes {
            change.apply(draft);
        }
        *self.left.lock().unwrap() = Some(draft.clone());
        Ok(())
    }
}

fn build(case: &Case) -> Result<CertRequest, &'static str> {
    let keys = keys();
    let mut builder = RequestBuilder::new()
        .key(keys[usize::from(case.key) % keys.len()].clone())
        .version(case.version)
        .subject_der(case.subject().as_der());
    for name in &case.requested {
        builder = builder.name(name.alt_name());
    }
    for wish in &case.wishes {
        let kind = WISHES[usize::from(wish.kind) % WISHES.len()];
        builder = builder.extension(kind, wish.critical, &wish.value);
    }
    builder.try_build().map_err(|error| error.slug())
}

/// One key of every kind, made once.
#[must_use]
pub fn keys() -> &'static [TestKey] {
    static KEYS: LazyLock<[TestKey; 5]> = LazyLock::new(|| {
        [
            TestKey::p256(),
            TestKey::p384(),
            TestKey::p521(),
            TestKey::ed25519(),
            TestKey::rsa(2048),
        ]
    });
    &*KEYS
}
