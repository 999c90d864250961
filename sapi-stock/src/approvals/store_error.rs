//! What can go wrong with the requests that are kept.

use std::path::PathBuf;
use std::{fmt, io};

use super::application::Application;
use crate::moment::rfc3339;

/// Why a request could not be kept, found or decided about.
///
/// ```
/// let error = sapi_stock::approvals::Store::existing("/nonexistent".as_ref()).unwrap_err();
/// assert!(error.to_string().starts_with("/nonexistent/pending: "));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// A file cannot be read or written; the error names it.
    Io(io::Error),
    /// There is no such folder of requests.
    Missing(PathBuf),
    /// A file is not what this store writes.
    Broken {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The request has another state meanwhile.
    Changed {
        /// Whose request.
        client: String,
        /// Its state now; `None` if it is forgotten.
        now: Option<Box<Application>>,
    },
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Missing(path) => write!(
                f,
                "{}: no such folder; the service makes it at its first start with [hooks.approvals]",
                path.display()
            ),
            Self::Broken { path, what } => write!(f, "{}: {what}", path.display()),
            Self::Changed { client, now } => {
                let decision = now
                    .as_ref()
                    .and_then(|now| Some((now, now.decision.as_ref()?)));
                match decision {
                    Some((now, decision)) => write!(
                        f,
                        "the request of {client} was {} by {} at {} meanwhile",
                        now.state(),
                        decision.by(),
                        rfc3339(decision.at())
                    ),
                    None => write!(
                        f,
                        "the request of {client} is another one meanwhile, or gone"
                    ),
                }
            }
        }
    }
}

impl std::error::Error for StoreError {}
