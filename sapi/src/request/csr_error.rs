//! Why a body is not an acceptable request.

use std::fmt;

use der::asn1::ObjectIdentifier;

use super::key::error::KeyError;
use super::name::alt::NameError;
use super::name::error::SubjectError;

/// Why a request was refused before any hook saw it.
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
    /// There is nothing in the body.
    Empty,
    /// The body is something else, or nothing known.
    NotARequest {
        /// What it seems to be.
        found: String,
    },
    /// The PEM block is encrypted.
    EncryptedPem,
    /// The body holds more than one PEM block.
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
    /// The version is none that is in use.
    UnsupportedVersion,
    /// The subject is not acceptable.
    Subject(SubjectError),
    /// An alternative name is not acceptable.
    Name(NameError),
    /// The public key is not acceptable.
    Key(KeyError),
    /// An extension is requested twice.
    DuplicateExtension(ObjectIdentifier),
    /// An attribute stands twice.
    DuplicateAttribute(ObjectIdentifier),
    /// The request asks for what only a CA has.
    CaRequested {
        /// The extension and what it asks for.
        what: &'static str,
    },
    /// The scheme of the signature is not good enough, or not known.
    WeakSignature {
        /// What is wrong with it.
        reason: String,
    },
    /// The request is not signed by its own key.
    BadSignature,
    /// The key is that of the CA itself.
    CaKey,
    /// The subject is that of the CA itself.
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

    /// The stable name of this kind of error, the end of its `urn:sapi:problem:`.
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

    /// Whether the bytes are no request at all, as against a request that breaks a rule.
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
            Self::NotARequest { found } => write!(f, "this is no certificate request but {found}"),
            Self::EncryptedPem => f.write_str("the PEM block is encrypted; a certificate request never is"),
            Self::SeveralRequests => f.write_str("the body holds more than one PEM block; send one request alone"),
            Self::TrailingData => f.write_str("bytes follow the end of the request"),
            Self::Malformed { field, reason } => write!(f, "{field}: {reason}"),
            Self::UnsupportedVersion => f.write_str("version: is none of 0, 1 and 2 (RFC 2986 says 0)"),
            Self::Subject(error) => error.fmt(f),
            Self::Name(error) => write!(f, "subject alternative name: {error}"),
            Self::Key(error) => write!(f, "public key: {error}"),
            Self::DuplicateExtension(kind) => write!(f, "the extension {kind} is requested twice"),
            Self::DuplicateAttribute(kind) => write!(f, "the attribute {kind} stands twice"),
            Self::CaRequested { what } => write!(f, "{what} is not given to anyone: leave it out of the request"),
            Self::WeakSignature { reason } => write!(f, "signature algorithm: {reason}"),
            Self::BadSignature => f.write_str("signature: the request is not signed by the key in it"),
            Self::CaKey => f.write_str("public key: is that of the certificate authority itself"),
            Self::CaSubject => f.write_str("subject: is that of the certificate authority itself"),
            Self::NoName => f.write_str("the certificate would name nobody: the subject is empty and no alternative name was granted"),
        }
    }
}

impl std::error::Error for CsrError {}
