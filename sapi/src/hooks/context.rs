//! `SigningContext`: one request on its way through the hooks, and the notes they leave.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use openssl::hash::MessageDigest;

use super::call::{HookCall, InWords};
use crate::certificate::Issuer;
use crate::request::{CertRequest, ClientId, Peer};

/// One request on its way through the hooks.
///
/// ```
/// use sapi::{Rejection, SigningContext, SigningHooks, Verdict, async_trait};
///
/// struct Rack(u32);
/// struct FindRack;
///
/// #[async_trait]
/// impl SigningHooks for FindRack {
///     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
///         cx.insert(Rack(7)); // a later hook reads it with cx.get::<Rack>()
///         Ok(Verdict::Abstain)
///     }
/// }
/// ```
pub struct SigningContext {
    client: ClientId,
    csr: Arc<CertRequest>,
    peer: Peer,
    issuer: Arc<Issuer>,
    request_id: String,
    received_at: SystemTime,
    notes: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    granted_by: Vec<String>,
    time_limit: Duration,
    rehearsal: bool,
    watched: bool,
    calls: Mutex<Vec<HookCall>>,
}

impl SigningContext {
    pub(crate) fn new(
        client: ClientId,
        csr: CertRequest,
        peer: Peer,
        issuer: Arc<Issuer>,
        request_id: String,
        received_at: SystemTime,
        time_limit: Duration,
    ) -> Self {
        Self {
            client,
            csr: Arc::new(csr),
            peer,
            issuer,
            request_id,
            received_at,
            notes: HashMap::new(),
            granted_by: Vec::new(),
            time_limit,
            rehearsal: false,
            watched: false,
            calls: Mutex::default(),
        }
    }

    /// Sets whether this is a rehearsal.
    pub(crate) fn in_rehearsal(self, rehearsal: bool) -> Self {
        Self { rehearsal, ..self }
    }

    /// Sets whether hooks' answers are kept as text.
    pub(crate) fn watched(self, watched: bool) -> Self {
        Self { watched, ..self }
    }

    /// The identifier that the client claims. Only hooks can check the claim.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) { println!("{}", cx.client()); }
    /// ```
    #[must_use]
    #[doc(alias = "client_hash")]
    pub fn client(&self) -> &ClientId {
        &self.client
    }

    /// The request. Its signature is valid.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) { println!("{:?}", cx.csr().names()); }
    /// ```
    #[must_use]
    #[doc(alias = "csr_tuple")]
    pub fn csr(&self) -> &CertRequest {
        &self.csr
    }

    /// The connection: address, verified client certificate.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) { println!("{:?}", cx.peer().address()); }
    /// ```
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The CA that signs.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) { println!("{:?}", cx.issuer().not_after()); }
    /// ```
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The id of this request. The client gets it too, and every log line contains it.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) { println!("{}", cx.request_id()); }
    /// ```
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// When the request arrived. Use this as the present time.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) { println!("{:?}", cx.received_at()); }
    /// ```
    #[must_use]
    pub fn received_at(&self) -> SystemTime {
        self.received_at
    }

    /// The SHA-1 of the SubjectPublicKeyInfo in lower-case hex, as in ssl_api. Use it only to name a key;
    /// where security depends on the hash, use [`CertRequest::public_key_sha256`].
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) { assert_eq!(cx.public_key_hash().len(), 40); }
    /// ```
    #[must_use]
    pub fn public_key_hash(&self) -> String {
        // An OpenSSL without SHA-1 gives the empty text, which does not name any key.
        self.csr
            .public_key_digest(MessageDigest::sha1())
            .unwrap_or_default()
    }

    /// Leaves a note for later hooks, one for each type. Returns the note that it replaces.
    ///
    /// ```no_run
    /// # fn f(cx: &mut sapi::SigningContext) {
    /// struct Tenant(String);
    /// cx.insert(Tenant("blue".into()));
    /// assert!(cx.get::<Tenant>().is_some());
    /// # }
    /// ```
    pub fn insert<T: Send + Sync + 'static>(&mut self, note: T) -> Option<T> {
        let replaced = self.notes.insert(TypeId::of::<T>(), Box::new(note))?;
        let replaced: Box<dyn Any> = replaced;
        replaced.downcast().ok().map(|note| *note)
    }

    /// Reads the note of a type.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) {
    /// struct Tenant(String);
    /// assert!(cx.get::<Tenant>().is_none());
    /// # }
    /// ```
    #[must_use]
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.notes.get(&TypeId::of::<T>())?.downcast_ref()
    }

    /// Whether this is a rehearsal, as in `explain`: a throw-away key signs, and `postsign` does not run.
    ///
    /// A hook may have effects elsewhere in `authorize`, `serial_number` or `presign`: it counts, spends a
    /// token, records an intent. In a rehearsal it skips these effects and answers as usual.
    ///
    /// ```
    /// use sapi::{Rejection, SigningContext, SigningHooks, Verdict, async_trait};
    /// # #[derive(Default)] struct Counter(std::sync::atomic::AtomicU64);
    ///
    /// #[async_trait]
    /// impl SigningHooks for Counter {
    ///     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
    ///         if !cx.rehearsal() {
    ///             self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    ///         }
    ///         Ok(Verdict::Abstain)
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// The names of the hooks that have granted the request so far, in order.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) { println!("granted by {}", cx.granted_by().join(", ")); }
    /// ```
    #[must_use]
    pub fn granted_by(&self) -> &[String] {
        &self.granted_by
    }

    pub(crate) fn granted(&mut self, hook: &str) {
        self.granted_by.push(hook.to_owned());
    }

    pub(crate) fn time_limit(&self) -> Duration {
        self.time_limit
    }

    /// Records a call of a hook. Keeps its answer only if the request is watched.
    pub(crate) fn record(
        &self,
        hook: &str,
        method: &'static str,
        took: Duration,
        answer: &impl InWords,
    ) {
        let call = HookCall {
            hook: hook.to_owned(),
            method,
            took,
            answer: match self.watched {
                true => answer.in_words(),
                false => String::new(),
            },
        };
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(call);
    }

    pub(crate) fn calls(&self) -> Vec<HookCall> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.clone()
    }

    pub(crate) fn shared_csr(&self) -> Arc<CertRequest> {
        Arc::clone(&self.csr)
    }
}

impl fmt::Debug for SigningContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningContext")
            .field("request_id", &self.request_id)
            .field("client", &self.client)
            .field("csr", &self.csr)
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}
