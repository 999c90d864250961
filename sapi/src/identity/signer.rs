//! The signer: it adds the signature that turns a draft into a certificate.

use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509Crl;

use super::authority::extensions::AuthorityExtensions;
use crate::certificate::Verifier;
use crate::certificate::{
    IssuedCertificate, Issuer, ListFault, RevocationList, SignatureAlgorithm, SignedRevocationList,
    Tbs,
};

/// Signs bytes with the CA's key, wherever that key is kept.
///
/// Rendering and signing are two steps. So another key holder can supply the signature, and a signature that
/// does not verify is refused. The trait is private until it has a second implementation.
pub(crate) trait Signer: Send + Sync {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack>;
}

/// A signer whose key is in this process.
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
    throw_away: Option<&Verifier>,
    tbs: Tbs,
) -> Result<IssuedCertificate, SignError> {
    let signature = signer.sign(tbs.der())?;
    let verifies = match throw_away {
        None => issuer.verifies(tbs.der(), &signature),
        Some(key) => key.verifies(tbs.der(), &signature),
    };
    if !verifies {
        return Err(SignError::DoesNotVerify);
    }
    IssuedCertificate::assemble(tbs, issuer, &signature).map_err(SignError::Encoding)
}

/// Signs a revocation list, if the CA's certificate lets it (RFC 5280 section 4.2.1.3). OpenSSL, which did
/// not write the list, then reads it back.
pub(crate) fn sign_list(
    signer: &dyn Signer,
    issuer: &Issuer,
    list: &RevocationList,
) -> Result<SignedRevocationList, ListFault> {
    let failed = |error: ErrorStack| ListFault::Signing(error.to_string());
    let certificate = issuer.certificate().to_der().map_err(failed)?;
    if AuthorityExtensions::read(&certificate)?.may_sign_lists == Some(false) {
        return Err(ListFault::MayNotSign);
    }
    let tbs = list.write(issuer)?;
    let signature = signer.sign(&tbs).map_err(failed)?;
    let signed = SignedRevocationList::assemble(&tbs, issuer, &signature)?;
    let read = X509Crl::from_der(signed.der()).map_err(failed)?;
    let entries = read.get_revoked().map_or(0, |entries| entries.len());
    if entries == list.entries.len() && issuer.verifies(&tbs, &signature) {
        Ok(signed)
    } else {
        Err(ListFault::Signing(SignError::DoesNotVerify.to_string()))
    }
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignError {
    #[error("signing failed: {0}")]
    Signing(#[from] ErrorStack),
    #[error("the signature just made does not verify with the CA's public key")]
    DoesNotVerify,
    #[error("the certificate could not be put together: {0}")]
    Encoding(der::Error),
}
