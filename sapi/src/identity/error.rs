//! The one error of this floor that others see.

use std::error::Error;
use std::fmt;

/// Why an identity could not be made, read, changed or moved; the text names the file and the remedy.
///
/// ```
/// use std::{path::Path, time::UNIX_EPOCH};
/// use sapi::identity::{IdentityErrorKind, Passphrase, load};
///
/// let passphrase = Passphrase::new(b"correct horse".to_vec())?;
/// let error = load(Path::new("/nonexistent"), &passphrase, UNIX_EPOCH).unwrap_err();
/// assert_eq!(error.kind(), IdentityErrorKind::File);
/// # Ok::<(), sapi::BoxError>(())
/// ```
#[derive(Debug)]
pub struct IdentityError {
    kind: IdentityErrorKind,
    cause: Box<dyn Error + Send + Sync>,
}

/// What kind of trouble an [`IdentityError`] tells of: what a program decides by.
///
/// ```
/// use sapi::identity::IdentityErrorKind;
///
/// fn may_help(kind: IdentityErrorKind) -> &'static str {
///     match kind {
///         IdentityErrorKind::WrongPassphrase => "ask again",
///         _ => "read the text",
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum IdentityErrorKind {
    /// What was asked for cannot be made: an empty subject, an end beyond the year 9999.
    Usage,
    /// An identity or a successor is there already, or the successor is missing.
    InTheWay,
    /// A file of the identity is missing, unreadable, or open to the wrong people.
    File,
    /// The files of the identity do not fit together, or the key cannot be used.
    Unusable,
    /// The passphrase does not unlock the key.
    WrongPassphrase,
    /// What came from outside is not acceptable: a backup, a recipient, a certificate.
    Outside,
    /// A file could not be written; nothing was changed.
    Write,
    /// OpenSSL failed.
    Crypto,
}

impl IdentityError {
    pub(crate) fn new(kind: IdentityErrorKind, cause: impl Error + Send + Sync + 'static) -> Self {
        let cause = Box::new(cause);
        Self { kind, cause }
    }

    /// What kind of trouble it is.
    ///
    /// ```
    /// # fn f(error: &sapi::identity::IdentityError) {
    /// if error.kind() == sapi::identity::IdentityErrorKind::WrongPassphrase {
    ///     eprintln!("try another passphrase");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn kind(&self) -> IdentityErrorKind {
        self.kind
    }
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl Error for IdentityError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}
