//! One question to the service, and what came of it.

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

/// A client of a certificate authority: where it asks, whom it believes, and what it asks for.
///
/// It keeps nothing and reads nothing: keys and certificates come and go as bytes, and the time is
/// passed in. The crate's front page shows the whole of an enrolment.
#[derive(Clone, Debug)]
pub struct Client {
    /// Where to ask.
    pub server: Server,
    /// Whose certificates are believed.
    pub anchors: Anchors,
    /// What is asked for.
    pub wish: Wish,
}

/// What came of asking once.
#[derive(Debug)]
pub enum Outcome {
    /// A certificate, and everything about it holds. Boxed, as it is by far the largest.
    Issued(Box<Credential>),
    /// Not decided yet: ask again with the same enrolment.
    Pending {
        /// When, if the service says so.
        retry_after: Option<Duration>,
    },
    /// There is none.
    Refused(Refusal),
}

impl Client {
    /// Sends the request once, and checks what comes back. `old` is the certificate one has: a server
    /// that asks for one over TLS is shown it, if it is good now.
    ///
    /// # Errors
    /// [`AskError`] when nobody answered who should, or when the certificate that came is not what was
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
        // By the server's clock it may have ended, or its CA be another by now. Then one is a newcomer.
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

    /// Whether a credential is what this client would ask for, and good now.
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

/// Why asking came to nothing.
#[derive(Clone, Debug)]
pub enum AskError {
    /// There was no answer that means anything.
    Server(ServerError),
    /// A certificate came, and is not accepted.
    Check(CheckError),
}

impl AskError {
    /// Whether it may be otherwise later.
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
