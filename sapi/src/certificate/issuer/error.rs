//! Why a certificate cannot be an issuer.

use openssl::error::ErrorStack;

/// Why a certificate cannot be an issuer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IssuerError {
    #[error(
        "the CA's key is not of a kind to sign with: use RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519"
    )]
    UnsupportedKey,
    #[error(
        "sapi does not understand the name constraints of the CA certificate, or of one above it, so it cannot keep them: use DNS, email, URI, IP and subject subtrees, without minimum and maximum (RFC 5280 section 4.2.1.10)"
    )]
    Constraints,
    #[error("the CA certificate cannot be read: {0}")]
    Unreadable(#[from] ErrorStack),
    #[error("the CA certificate is not DER throughout: {0}")]
    NotDer(#[from] der::Error),
}
