//! Why a certificate cannot be an issuer.

use std::fmt;

use openssl::error::ErrorStack;

/// Why a certificate cannot be an issuer.
#[derive(Debug)]
pub(crate) enum IssuerError {
    UnsupportedKey,
    Constraints,
    Unreadable(ErrorStack),
}

impl From<ErrorStack> for IssuerError {
    fn from(error: ErrorStack) -> Self {
        Self::Unreadable(error)
    }
}

impl From<der::Error> for IssuerError {
    fn from(_: der::Error) -> Self {
        Self::UnsupportedKey
    }
}

impl fmt::Display for IssuerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedKey => f.write_str(
                "the CA's key is not of a kind to sign with: use RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519",
            ),
            Self::Constraints => f.write_str(
                "sapi does not understand the name constraints of the CA certificate, or of one above it, so it cannot keep them: use DNS, email, URI, IP and subject subtrees, without minimum and maximum (RFC 5280 section 4.2.1.10)",
            ),
            Self::Unreadable(error) => write!(f, "the CA certificate cannot be read: {error}"),
        }
    }
}

impl std::error::Error for IssuerError {}
