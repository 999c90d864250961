//! What can go wrong with a journal.

use std::{fmt, io};

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The name of the file.
    pub file: &'static str,
    /// Its line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what } = self;
        write!(f, "{file} line {line}: {what}")
    }
}

impl std::error::Error for Fault {}

/// Why the journal could not be read or written.
///
/// ```
/// let error = sapi_stock::Journal::open("/nonexistent/journal".as_ref()).unwrap_err();
/// assert!(error.to_string().starts_with("/nonexistent/journal: "));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum JournalError {
    /// A file cannot be read or written; the error names it.
    Io(io::Error),
    /// A line is not what was written.
    Fault(Fault),
    /// No certificate of the journal has this serial number.
    Unknown(SerialNumber),
    /// The certificate is revoked already.
    AlreadyRevoked(SerialNumber),
}

impl From<io::Error> for JournalError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Fault(fault) => fault.fmt(f),
            Self::Unknown(serial) => {
                write!(
                    f,
                    "no certificate of the journal has the serial number {serial}"
                )
            }
            Self::AlreadyRevoked(serial) => write!(f, "{serial} is revoked already"),
        }
    }
}

impl std::error::Error for JournalError {}
