//! Why a request is refused before any hook sees it.

use std::fmt;

use der::asn1::ObjectIdentifier;

use super::key::error::KeyError;
use super::name::alt::NameError;
use super::name::error::SubjectError;
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CsrError {
    /// The body is empty.
    Empty,
    /// The body is not a certificate request.
    NotARequest {
        /// What it seems to be.
        found: String,
    },
    /// The PEM block is encrypted.
    EncryptedPem,
    /// The body contains more than one PEM block.
    SeveralRequests,
    /// Bytes follow the request.
    TrailingData,
    /// The PEM or DER is broken, or is not the structure of RFC 2986.
    Malformed {
        /// Where.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The version is not one that is in use.
    UnsupportedVersion,
    /// The subject is not acceptable.
    Subject(SubjectError),
    /// An alternative name is not acceptable.
    Name(NameError),
    /// The public key is not acceptable.
    Key(KeyError),
    /// An extension is requested twice.
    DuplicateExtension(ObjectIdentifier),
    /// An attribute appears twice.
    DuplicateAttribute(ObjectIdentifier),
    /// The request asks for an extension that only a CA may have.
    CaRequested {
        /// The extension and what it asks for.
        what: &'static str,
    },
    /// The scheme of the signature is too weak, or unknown.
    WeakSignature {
        /// What is wrong with it.
        reason: String,
    },
    /// The request is not signed by its own key.
    BadSignature,
    /// The key is the CA's own.
    CaKey,
    /// The subject is the CA's own.
    CaSubject,
    /// There is neither a subject nor a granted name (RFC 5280 section 4.2.1.6).
    NoName,
}

impl CsrError {
    pub(crate) fn malformed(field: &'static str, reason: impl fmt::Display) -> Self {
        Self::Malformed {
            field,
            reason: reason.to_string(),
        }
    }

    /// The stable name of this kind of error. Its type is `urn:sapi:problem:` and this name.
    ///
    /// ```
    /// assert_eq!(sapi::CsrError::BadSignature.slug(), "bad-signature");
    /// ```
    #[must_use]
    pub fn slug(&self) -> &'static str {
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

    /// Whether the bytes are not a request at all. False for a request that breaks a rule.
    ///
    /// ```
    /// assert!(sapi::CsrError::Empty.is_malformed());
    /// assert!(!sapi::CsrError::BadSignature.is_malformed());
    /// ```
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        matches!(
            self,
            Self::Empty
                | Self::NotARequest { .. }
                | Self::EncryptedPem
                | Self::SeveralRequests
                | Self::TrailingData
                | Self::Malformed { .. }
        )
    }
}

impl From<SubjectError> for CsrError {
    fn from(error: SubjectError) -> Self {
        if error.is_malformed() {
            Self::malformed("request", error)
        } else {
            Self::Subject(error)
        }
    }
}

impl From<NameError> for CsrError {
    fn from(error: NameError) -> Self {
        Self::Name(error)
    }
}

impl From<NamesError> for CsrError {
    fn from(error: NamesError) -> Self {
        match error {
            NamesError::NotDer(error) => error.into(),
            NamesError::NotAGeneralName => Self::malformed("subject alternative name", error),
            NamesError::Unacceptable(error) => Self::Name(error),
        }
    }
}

impl From<KeyError> for CsrError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Malformed { reason } => Self::malformed("public key", reason),
            error => Self::Key(error),
        }
    }
}

impl From<der::Error> for CsrError {
    fn from(error: der::Error) -> Self {
        Self::malformed("request", error)
    }
}

impl fmt::Display for CsrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the body is empty; send a certificate request (PKCS #10) as PEM or DER"),
            Self::NotARequest { found } => write!(f, "this is not a certificate request but {found}"),
            Self::EncryptedPem => f.write_str("the PEM block is encrypted; a certificate request never is"),
            Self::SeveralRequests => f.write_str("the body contains more than one PEM block; send a single request"),
            Self::TrailingData => f.write_str("bytes follow the end of the request"),
            Self::Malformed { field, reason } => write!(f, "{field}: {reason}"),
            Self::UnsupportedVersion => f.write_str("version: is not 0, 1 or 2 (RFC 2986 requires 0)"),
            Self::Subject(error) => error.fmt(f),
            Self::Name(error) => write!(f, "subject alternative name: {error}"),
            Self::Key(error) => write!(f, "public key: {error}"),
            Self::DuplicateExtension(kind) => write!(f, "the extension {kind} is requested twice"),
            Self::DuplicateAttribute(kind) => write!(f, "the attribute {kind} appears twice"),
            Self::CaRequested { what } => write!(f, "{what} is never granted: leave it out of the request"),
            Self::WeakSignature { reason } => write!(f, "signature algorithm: {reason}"),
            Self::BadSignature => f.write_str("signature: the request is not signed by the key in it"),
            Self::CaKey => f.write_str("public key: is the certificate authority's own key"),
            Self::CaSubject => f.write_str("subject: is the certificate authority's own subject"),
            Self::NoName => f.write_str("the certificate would name nobody: the subject is empty and no alternative name was granted"),
        }
    }
}

impl std::error::Error for CsrError {}
