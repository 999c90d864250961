//! The seam between a draft and its signature.

use std::fmt;
use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private, Public};

use crate::certificate::{IssuedCertificate, Issuer, SignatureAlgorithm, Tbs};

/// What signs bytes with the CA's key, wherever that key is kept.
///
/// Rendering and signing are two steps: another key holder can supply the signature, and is refused
/// if the signature does not verify. Private until there is a second implementation.
pub(crate) trait Signer: Send + Sync {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack>;
}

/// A key in this process, loaded once.
pub(crate) struct KeySigner {
    key: PKey<Private>,
    algorithm: SignatureAlgorithm,
}

impl KeySigner {
    pub(crate) fn new(key: PKey<Private>, algorithm: SignatureAlgorithm) -> Self {
        Self { key, algorithm }
    }
}

impl Signer for KeySigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        self.algorithm.sign(&self.key, message)
    }
}

/// Signs, verifies the signature with the CA's public key (in a rehearsal, with the throw-away one), and
/// puts the certificate together.
pub(crate) fn issue(
    signer: &dyn Signer,
    issuer: &Arc<Issuer>,
    throw_away: Option<&PKey<Public>>,
    tbs: Tbs,
) -> Result<IssuedCertificate, SignError> {
    let signature = signer.sign(tbs.der())?;
    let verifies = match throw_away {
        None => issuer.verifies(tbs.der(), &signature),
        Some(key) => issuer.algorithm().verifies(key, tbs.der(), &signature),
    };
    if !verifies? {
        return Err(SignError::DoesNotVerify);
    }
    IssuedCertificate::assemble(tbs, issuer, &signature).map_err(SignError::Encoding)
}

/// Why nothing was signed.
#[derive(Debug)]
pub(crate) enum SignError {
    Signing(ErrorStack),
    DoesNotVerify,
    Encoding(der::Error),
}

impl From<ErrorStack> for SignError {
    fn from(error: ErrorStack) -> Self {
        Self::Signing(error)
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signing(error) => write!(f, "signing failed: {error}"),
            Self::DoesNotVerify => {
                f.write_str("the signature just made does not verify with the CA's public key")
            }
            Self::Encoding(error) => {
                write!(f, "the certificate could not be put together: {error}")
            }
        }
    }
}

impl std::error::Error for SignError {}
