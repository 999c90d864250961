//! What can go wrong with a journal.

use std::io;

use sapi::SerialNumber;

/// A line that is not what was written: altered, dropped, put elsewhere.
///
/// ```
/// # fn f(journal: &sapi_stock::Journal) {
/// if let Err(error) = journal.verify() {
///     eprintln!("{error}"); // journal.jsonl line 7: was altered: ...
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file} line {line}: {what}")]
pub struct Fault {
    /// The name of the file.
    pub file: &'static str,
    /// Its line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

/// Why the journal could not be read or written.
///
/// ```
/// let error = sapi_stock::Journal::open("/nonexistent/journal".as_ref()).unwrap_err();
/// assert!(error.to_string().starts_with("/nonexistent/journal: "));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// A file cannot be read or written; the error names it.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line is not what was written.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// No certificate of the journal has this serial number.
    #[error("no certificate of the journal has the serial number {0}")]
    Unknown(SerialNumber),
    /// The certificate is revoked already.
    #[error("{0} is revoked already")]
    AlreadyRevoked(SerialNumber),
}
