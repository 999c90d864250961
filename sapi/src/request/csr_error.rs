//! Why a request is refused before any hook sees it.

use std::fmt;

use der::asn1::ObjectIdentifier;

use super::key::error::KeyError;
use super::name::alt::NameError;
use super::name::error::{SubjectError, SubjectFault};
use super::name::general::NamesError;

/// Why a request is refused before any hook sees it.
///
/// Its text is meant for the client: it says what is wrong and carries nothing secret.
///
/// ```
/// let error = sapi::CertRequest::from_pem(b"hello").unwrap_err();
/// assert_eq!(error.slug(), "not-a-request");
/// assert!(error.is_malformed());
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct CsrError(#[from] CsrFault);

impl CsrError {
    /// The stable name of this kind of error. Its type is `urn:sapi:problem:` and this name.
    ///
    /// ```
    /// assert_eq!(sapi::CertRequest::from_pem(b"").unwrap_err().slug(), "empty-body");
    /// ```
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.0.slug()
    }

    /// Whether the bytes are not a request at all. False for a request that breaks a rule.
    ///
    /// ```
    /// assert!(sapi::CertRequest::from_pem(b"").unwrap_err().is_malformed());
    /// ```
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        matches!(
            self.0,
            CsrFault::Empty
                | CsrFault::NotARequest { .. }
                | CsrFault::EncryptedPem
                | CsrFault::SeveralRequests
                | CsrFault::TrailingData
                | CsrFault::Malformed { .. }
        )
    }
}

/// What is wrong with a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CsrFault {
    #[error("the body is empty; send a certificate request (PKCS #10) as PEM or DER")]
    Empty,
    #[error("this is not a certificate request but {found}")]
    NotARequest { found: String },
    #[error("the PEM block is encrypted; a certificate request never is")]
    EncryptedPem,
    #[error("the body contains more than one PEM block; send a single request")]
    SeveralRequests,
    #[error("bytes follow the end of the request")]
    TrailingData,
    /// The PEM or DER is broken, or is not the structure of RFC 2986.
    #[error("{field}: {reason}")]
    Malformed { field: &'static str, reason: String },
    #[error("version: is not 0, 1 or 2 (RFC 2986 requires 0)")]
    UnsupportedVersion,
    #[error(transparent)]
    Subject(SubjectError),
    #[error("subject alternative name: {0}")]
    Name(NameError),
    #[error("public key: {0}")]
    Key(KeyError),
    #[error("the extension {0} is requested twice")]
    DuplicateExtension(ObjectIdentifier),
    #[error("the attribute {0} appears twice")]
    DuplicateAttribute(ObjectIdentifier),
    #[error("{what} is never granted: leave it out of the request")]
    CaRequested { what: &'static str },
    #[error("signature algorithm: {reason}")]
    WeakSignature { reason: String },
    #[error("signature: the request is not signed by the key in it")]
    BadSignature,
    #[error("public key: is the certificate authority's own key")]
    CaKey,
    #[error("subject: is the certificate authority's own subject")]
    CaSubject,
    /// RFC 5280 section 4.2.1.6.
    #[error(
        "the certificate would name nobody: the subject is empty and no alternative name was granted"
    )]
    NoName,
}

impl CsrFault {
    pub(crate) fn malformed(field: &'static str, reason: impl fmt::Display) -> Self {
        let reason = reason.to_string();
        Self::Malformed { field, reason }
    }

    pub(crate) fn slug(&self) -> &'static str {
        match self {
            Self::Empty => "empty-body",
            Self::NotARequest { .. } => "not-a-request",
            Self::EncryptedPem => "encrypted-pem",
            Self::SeveralRequests => "several-requests",
            Self::TrailingData => "trailing-data",
            Self::Malformed { .. } => "malformed-request",
            Self::UnsupportedVersion => "unsupported-version",
            Self::Subject(_) => "unacceptable-subject",
            Self::Name(_) => "unacceptable-name",
            Self::Key(error) => error.slug(),
            Self::DuplicateExtension(_) => "duplicate-extension",
            Self::DuplicateAttribute(_) => "duplicate-attribute",
            Self::CaRequested { .. } => "ca-requested",
            Self::WeakSignature { .. } => "weak-signature",
            Self::BadSignature => "bad-signature",
            Self::CaKey => "ca-key",
            Self::CaSubject => "ca-subject",
            Self::NoName => "no-name",
        }
    }
}

impl From<SubjectError> for CsrFault {
    fn from(error: SubjectError) -> Self {
        match error.0 {
            SubjectFault::NotDer(_) => Self::malformed("request", error),
            SubjectFault::Rule { .. } => Self::Subject(error),
        }
    }
}

impl From<NamesError> for CsrFault {
    fn from(error: NamesError) -> Self {
        match error {
            NamesError::NotDer(error) => error.into(),
            NamesError::NotAGeneralName => Self::malformed("subject alternative name", error),
            NamesError::Unacceptable(error) => Self::Name(error),
        }
    }
}

impl From<KeyError> for CsrFault {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Malformed { reason } => Self::malformed("public key", reason),
            error => Self::Key(error),
        }
    }
}

impl From<der::Error> for CsrFault {
    fn from(error: der::Error) -> Self {
        Self::malformed("request", error)
    }
}
