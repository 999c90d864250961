//! What can go wrong with the requests that are kept.

use std::io;
use std::path::PathBuf;

use super::application::Application;
use crate::moment::rfc3339;

/// Why a request could not be kept, found or decided about.
///
/// ```
/// let error = sapi_stock::approvals::Store::existing("/nonexistent".as_ref()).unwrap_err();
/// assert!(error.to_string().starts_with("/nonexistent/pending: "));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file cannot be read or written; the error names it.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The folder of requests is missing.
    #[error("{}: no such folder; the service makes it at its first start with [hooks.approvals]", .0.display())]
    Missing(PathBuf),
    /// A file is not what this store writes.
    #[error("{}: {what}", path.display())]
    Broken {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The request has another state meanwhile.
    #[error("the request of {client} {}", meanwhile(now.as_deref()))]
    Changed {
        /// Whose request.
        client: String,
        /// Its state now; `None` if it is forgotten.
        now: Option<Box<Application>>,
    },
}

fn meanwhile(now: Option<&Application>) -> String {
    match now.and_then(|now| Some((now.state(), now.decision.as_ref()?))) {
        Some((state, decision)) => format!(
            "was {state} by {} at {} meanwhile",
            decision.by(),
            rfc3339(decision.at())
        ),
        None => "is another one meanwhile, or gone".to_owned(),
    }
}
