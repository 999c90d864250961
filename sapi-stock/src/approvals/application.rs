//! A request that waits for a decision, or has one.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::decision::Decision;
use crate::moment;
use sapi::SigningContext;

/// A client's request, as it is kept: one file of JSON, named after the client and the SHA-256 of the request.
///
/// ```no_run
/// # fn f(application: &sapi_stock::approvals::Application) {
/// println!("{} asks for {}", application.client, application.names.join(", "));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Who asks.
    pub client: String,
    /// The SHA-256 of the request.
    pub sha256: String,
    /// When it came first.
    #[serde(with = "moment")]
    pub received_at: SystemTime,
    /// The address it came from, if that is known.
    pub peer: Option<String>,
    /// The subject asked for, by RFC 4514.
    pub subject: String,
    /// The alternative names asked for.
    pub names: Vec<String>,
    /// The kind of key, `RSA 2048`.
    pub key: String,
    /// The SHA-256 of the key's SubjectPublicKeyInfo.
    pub key_sha256: String,
    /// The request as PEM.
    pub request: String,
    /// What was decided; `None` as long as it is pending.
    pub decision: Option<Decision>,
}

impl Application {
    /// A request on its way, without a decision.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) {
    /// let application = sapi_stock::approvals::Application::of(cx);
    /// # }
    /// ```
    #[must_use]
    pub fn of(cx: &SigningContext) -> Self {
        let csr = cx.csr();
        Self {
            client: cx.client().to_string(),
            sha256: csr.sha256(),
            received_at: cx.received_at(),
            peer: cx.peer().address().map(|address| address.to_string()),
            subject: csr.subject().to_string(),
            names: csr.names().iter().map(ToString::to_string).collect(),
            key: csr.key_kind().to_string(),
            key_sha256: csr.public_key_sha256(),
            request: csr.pem().to_owned(),
            decision: None,
        }
    }

    /// Its state.
    ///
    /// ```no_run
    /// # fn f(application: &sapi_stock::approvals::Application) {
    /// println!("{}", application.state());
    /// # }
    /// ```
    #[must_use]
    pub fn state(&self) -> State {
        match &self.decision {
            None => State::Pending,
            Some(Decision::Approved(_)) => State::Approved,
            Some(Decision::Rejected(_)) => State::Rejected,
        }
    }
}

/// The state of a request; each state has a folder of its name.
///
/// ```
/// assert_eq!(sapi_stock::approvals::State::Pending.to_string(), "pending");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nobody has decided yet.
    Pending,
    /// The same request gets a certificate, as often as it comes.
    Approved,
    /// It gets none.
    Rejected,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        })
    }
}
