//! A client: it sends one request and checks the answer.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::anchors::Anchors;
use crate::answer::{Answer, Refusal};
use crate::check::{CheckError, accept, check};
use crate::credential::Credential;
use crate::enrolment::Enrolment;
use crate::server::Server;
use crate::server_error::ServerError;
use crate::wish::Wish;

/// A client of a certificate authority: the server it asks, the CAs it trusts, and what it asks for.
///
/// It stores and reads nothing: keys and certificates are bytes, and the caller passes the time in. The
/// crate's front page shows a whole enrolment.
#[derive(Clone, Debug)]
pub struct Client {
    /// Where to ask.
    pub server: Server,
    /// The CAs whose certificates are accepted.
    pub anchors: Anchors,
    /// What is asked for.
    pub wish: Wish,
}

/// The outcome of one request.
#[derive(Debug)]
pub enum Outcome {
    /// A certificate that passed every check. Boxed, as it is by far the largest variant.
    Issued(Box<Credential>),
    /// Not decided yet: ask again with the same enrolment.
    Pending {
        /// How long to wait, if the service says so.
        retry_after: Option<Duration>,
    },
    /// The service refuses a certificate.
    Refused(Refusal),
}

impl Client {
    /// Sends the request once and checks the answer. `old` is the present certificate: the client shows
    /// it to a server that asks for one over TLS, if it is valid now.
    ///
    /// # Errors
    /// [`AskError`] when the service gave no usable answer, or when its certificate is not what the client
    /// asked for.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use sapi_client::{Client, Enrolment, Outcome};
    /// # fn f(client: &Client, enrolment: &Enrolment, now: SystemTime) {
    /// match client.ask(enrolment, None, now) {
    ///     Ok(Outcome::Issued(credential)) => { /* use credential.key_pem() and fullchain_pem() */ }
    ///     Ok(Outcome::Pending { retry_after }) => { /* ask again then */ }
    ///     Ok(Outcome::Refused(refusal)) => eprintln!("{refusal}"),
    ///     Err(error) => eprintln!("{error}"),
    /// }
    /// # }
    /// ```
    pub fn ask(
        &self,
        enrolment: &Enrolment,
        old: Option<&Credential>,
        now: SystemTime,
    ) -> Result<Outcome, AskError> {
        let shown = old.filter(|old| check(old, &[], &self.anchors, now).is_ok());
        let mut answer = self.server.put(enrolment.request_pem(), shown, now)?;
        // By the server's clock the old certificate may have ended, or its CA may have changed. Then ask again
        // without it.
        if shown.is_some() && is_about_ours(&answer) {
            answer = self.server.put(enrolment.request_pem(), None, now)?;
        }
        match answer {
            Answer::Signed { leaf, chain } => {
                let issued = accept(
                    enrolment,
                    &self.wish.names,
                    (&leaf, &chain),
                    &self.anchors,
                    now,
                )?;
                Ok(Outcome::Issued(Box::new(issued)))
            }
            Answer::Pending { retry_after } => Ok(Outcome::Pending { retry_after }),
            Answer::Refused(refusal) => Ok(Outcome::Refused(refusal)),
        }
    }

    /// Checks that a credential is what this client asks for, and is valid now.
    ///
    /// # Errors
    /// [`CheckError`] says what is wrong with it.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # fn f(client: &sapi_client::Client, credential: &sapi_client::Credential, now: SystemTime) {
    /// let keep_it = client.check(credential, now).is_ok() && now < credential.renew_at(None);
    /// # }
    /// ```
    pub fn check(&self, credential: &Credential, now: SystemTime) -> Result<(), CheckError> {
        check(credential, &self.wish.names, &self.anchors, now)
    }
}

fn is_about_ours(answer: &Answer) -> bool {
    matches!(answer, Answer::Refused(refusal) if refusal.slug() == "bad-client-certificate")
}

/// Why a request had no outcome.
#[derive(Clone, Debug)]
pub enum AskError {
    /// The service gave no usable answer.
    Server(ServerError),
    /// A certificate came, but it failed a check.
    Check(CheckError),
}

impl AskError {
    /// Whether a later try may succeed.
    ///
    /// ```
    /// # fn f(error: sapi_client::AskError) {
    /// assert!(error.is_temporary());
    /// # }
    /// ```
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Server(error) => error.is_temporary(),
            Self::Check(error) => error.is_about_time(),
        }
    }
}

impl From<ServerError> for AskError {
    fn from(error: ServerError) -> Self {
        Self::Server(error)
    }
}

impl From<CheckError> for AskError {
    fn from(error: CheckError) -> Self {
        Self::Check(error)
    }
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(error) => error.fmt(f),
            Self::Check(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AskError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Server(error) => Some(error),
            Self::Check(error) => Some(error),
        }
    }
}
