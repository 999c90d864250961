//! Why no revocation list was published.

use std::io;
use std::path::PathBuf;

use openssl::error::ErrorStack;
use sapi::RevocationListError;

use super::journal::JournalError;

/// Why no list was published.
///
/// ```no_run
/// # use std::time::SystemTime;
/// # fn f(crl: sapi_stock::Crl<'_>, ca: &openssl::x509::X509Ref, now: SystemTime) {
/// match crl.is_due(ca, now) {
///     Ok(due) => println!("another list is due: {due}"),
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrlError {
    /// The CA's certificate is expired or not yet valid: nobody would believe the list.
    #[error("the CA's certificate is expired or not yet valid")]
    CaNotValid,
    /// The next update lies too far ahead.
    #[error("the list would be valid beyond the year 9999")]
    TooLong,
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The list was not signed.
    #[error(transparent)]
    List(#[from] RevocationListError),
    /// The number of the next list cannot be read.
    #[error("{}: is not a hexadecimal number; write the next one into it", .0.display())]
    Number(PathBuf),
    /// A file cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// OpenSSL cannot read a certificate.
    #[error("a certificate cannot be read: {0}")]
    OpenSsl(#[from] ErrorStack),
}
