//! A shell for the tests. The client's identifier says what its hooks do.
//!
//! `approve<n>` is pending n times for the same request. `firstkey` is denied for the first key that asks.
//! `holder` is granted once without a certificate, then only with one. `short<s>` is granted for s seconds,
//! `nameless` without names. `deny`, `abstain`, `later`, `login`, `badlogin`, `slower`, `panic`, `error`,
//! `wait<ms>`, `block<ms>`, `tell` and `peer` act in authorize, `refuse` and `presignpanic` in presign, and
//! `withhold`, `lose` and `record<ms>` in postsign. Any other identifier is granted all that it asks for.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use sapi::{
    App, Boot, BoxError, DraftCertificate, IssuedCertificate, Issuer, Rejection, SigningContext,
    SigningHooks, Terms, Validity, Verdict, async_trait,
};
use serde::Deserialize;

fn main() -> ExitCode {
    App::new().hook_with(Obedient::open).run()
}

/// The table `[hooks.test]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    /// The file that gets a line for each certificate.
    journal: Option<PathBuf>,
    /// The error with which boot fails.
    fault: Option<String>,
}

struct Obedient(Settings, Mutex<Memory>);

/// What happened in earlier requests.
#[derive(Default)]
struct Memory {
    /// How often a request has come.
    asked: HashMap<String, u64>,
    first_key: Option<String>,
    /// Whether `holder` has asked without a certificate.
    held: bool,
}

impl Obedient {
    fn open(boot: &Boot) -> Result<Self, BoxError> {
        let settings = if boot.has_settings("test") {
            boot.settings("test")?
        } else {
            Settings::default()
        };
        Ok(Self(settings, Mutex::default()))
    }

    /// Decides as a policy with a memory would.
    fn remember(&self, cx: &SigningContext) -> Result<(), Rejection> {
        let mut memory = self.1.lock().map_err(|_| "a hook broke down")?;
        let client = cx.client().as_str();
        if let Some(times) = client.strip_prefix("approve").and_then(|n| n.parse().ok()) {
            let asked = memory.asked.entry(cx.csr().sha256()).or_default();
            *asked += 1;
            if *asked <= times {
                return Err(Rejection::pending(Duration::from_secs(1)));
            }
        }
        if client == "firstkey" {
            let key = cx.public_key_hash();
            if *memory.first_key.get_or_insert_with(|| key.clone()) == key {
                return Err(Rejection::denied("this key is on a list"));
            }
        }
        if client == "holder" && cx.peer().certificate().is_none() {
            if memory.held {
                return Err(Rejection::denied("where is its certificate?"));
            }
            memory.held = true;
        }
        Ok(())
    }

    fn record(&self, line: &str) -> Result<(), BoxError> {
        let Some(journal) = &self.0.journal else {
            return Ok(());
        };
        let mut file = OpenOptions::new().create(true).append(true).open(journal)?;
        Ok(writeln!(file, "{line}")?)
    }
}

#[async_trait]
impl SigningHooks for Obedient {
    fn name(&self) -> &'static str {
        "obedient"
    }

    async fn boot(&self, _: &Issuer) -> Result<(), BoxError> {
        self.0
            .fault
            .clone()
            .map_or(Ok(()), |fault| Err(fault.into()))
    }

    #[allow(clippy::panic, reason = "to see what a panic does is the purpose")]
    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let client = cx.client().as_str();
        match client {
            "deny" => return Err(Rejection::denied("not on a \"Sunday\"")),
            "abstain" => return Ok(Verdict::Abstain),
            "later" => return Err(Rejection::pending(Duration::from_millis(29_500))),
            "login" => return Err(Rejection::unauthenticated("Bearer realm=\"enrolment\"")),
            "badlogin" => return Err(Rejection::unauthenticated("two\r\nlines")),
            "slower" => return Err(Rejection::too_many(Duration::from_secs(7))),
            "panic" => panic!("SECRET-CAUSE of a panic"),
            "error" => return Err("SECRET-CAUSE of an error".into()),
            "tell" => tracing::info!("said by a hook"),
            "peer" => return Err(Rejection::denied(who(cx))),
            _ => {}
        }
        self.remember(cx)?;
        self.record(&format!("asked {client}"))?;
        if let Some(pause) = number_after(client, "wait") {
            tokio::time::sleep(pause).await;
        }
        if let Some(pause) = number_after(client, "block") {
            std::thread::sleep(pause);
        }
        let short = client.strip_prefix("short").and_then(|n| n.parse().ok());
        let terms = Terms::valid_for(short.map_or(Validity::days(1), Validity::seconds));
        Ok(Verdict::Grant(match client {
            "nameless" => terms,
            _ => terms.with_requested_names(cx.csr()),
        }))
    }

    #[allow(clippy::panic, reason = "to see what a panic does is the purpose")]
    async fn presign(
        &self,
        cx: &mut SigningContext,
        _: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        match cx.client().as_str() {
            "refuse" => Err(Rejection::denied("on second thoughts")),
            "presignpanic" => panic!("SECRET-CAUSE in presign"),
            _ => Ok(()),
        }
    }

    #[allow(clippy::panic, reason = "to see what a panic does is the purpose")]
    async fn postsign(
        &self,
        cx: &mut SigningContext,
        certificate: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        let client = cx.client().as_str();
        if let Some(pause) = number_after(client, "record") {
            tokio::time::sleep(pause).await;
        }
        self.record(&format!("{client} {}", certificate.serial()))?;
        match client {
            "withhold" => Err("SECRET-CAUSE of a full disk".into()),
            "lose" => panic!("SECRET-CAUSE after signing"),
            _ => Ok(()),
        }
    }
}

/// What a hook knows about the peer.
fn who(cx: &SigningContext) -> String {
    let address = cx.peer().address().map(|address| address.to_string());
    let subject = cx.peer().certificate().and_then(|certificate| {
        let subject = certificate.as_openssl().subject_name();
        let entry = subject.entries().next()?;
        entry.data().to_string().ok()
    });
    format!(
        "address={} certificate={} id={}",
        address.as_deref().unwrap_or("none"),
        subject.as_deref().unwrap_or("none"),
        cx.request_id()
    )
}

fn number_after(client: &str, word: &str) -> Option<Duration> {
    let number = client.strip_prefix(word)?.parse().ok()?;
    Some(Duration::from_millis(number))
}
