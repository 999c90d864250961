//! The CA as it signs.

use std::fmt;
use std::sync::Arc;

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::key::rehearsal;
use super::signer::{self, KeySigner, SignError, Signer};
use super::unfit::UnfitIdentity;
use crate::certificate::{
    IssuedCertificate, Issuer, RevocationList, RevocationListError, SignedRevocationList, Tbs,
    Verifier,
};

/// A certificate authority that can sign: its issuer and its signer, which always change together.
///
/// ```
/// # fn f(key: openssl::pkey::PKey<openssl::pkey::Private>, certificate: openssl::x509::X509)
/// # -> Result<(), sapi::UnfitIdentity> {
/// let identity = sapi::Identity::new(key, certificate, Vec::new())?;
/// println!("{:?}", identity.issuer().subject());
/// # Ok(()) }
/// ```
pub struct Identity {
    issuer: Arc<Issuer>,
    signer: Box<dyn Signer>,
    /// Verifies in a rehearsal, which signs with a throw-away key; otherwise the issuer does.
    throw_away: Option<Verifier>,
}

impl Identity {
    /// Puts a key and its CA certificate together; `chain` holds the certificates above, nearest first.
    ///
    /// # Errors
    ///
    /// [`UnfitIdentity`] when the key is not the certificate's, or of no kind to sign with.
    ///
    /// ```
    /// # fn f(key: openssl::pkey::PKey<openssl::pkey::Private>, certificate: openssl::x509::X509) {
    /// assert!(sapi::Identity::new(key, certificate, Vec::new()).is_ok());
    /// # }
    /// ```
    pub fn new(
        key: PKey<Private>,
        certificate: X509,
        chain: Vec<X509>,
    ) -> Result<Self, UnfitIdentity> {
        let issuer = Issuer::new(certificate, chain)?;
        if !key.public_eq(issuer.public_key()) {
            return Err(UnfitIdentity(
                "the private key does not belong to the CA certificate".into(),
            ));
        }
        let signer = KeySigner::new(key, issuer.algorithm());
        Ok(Self {
            issuer: Arc::new(issuer),
            signer: Box::new(signer),
            throw_away: None,
        })
    }

    /// The public half of a CA with a throw-away key in the place of its own: what it signs is a
    /// certificate of that CA to the last byte but for the signature, which nobody accepts.
    pub(crate) fn for_rehearsal(
        certificate: X509,
        chain: Vec<X509>,
    ) -> Result<Self, UnfitIdentity> {
        let issuer = Issuer::new(certificate, chain)?;
        let (key, throw_away) = rehearsal::key_like(issuer.public_key())?;
        let throw_away = Verifier::new(issuer.algorithm(), throw_away)
            .map_err(|error| UnfitIdentity(error.to_string()))?;
        let signer = KeySigner::new(key, issuer.algorithm());
        Ok(Self {
            issuer: Arc::new(issuer),
            signer: Box::new(signer),
            throw_away: Some(throw_away),
        })
    }

    pub(crate) fn is_for_rehearsal(&self) -> bool {
        self.throw_away.is_some()
    }

    /// The public half.
    ///
    /// ```no_run
    /// # fn f(identity: &sapi::Identity) { println!("{:?}", identity.issuer().subject()); }
    /// ```
    #[must_use]
    pub fn issuer(&self) -> &Arc<Issuer> {
        &self.issuer
    }

    /// The same issuer with another signer, which may fail.
    #[cfg(test)]
    pub(crate) fn with_signer(
        mut self,
        replace: impl FnOnce(Box<dyn Signer>) -> Box<dyn Signer>,
    ) -> Self {
        self.signer = replace(self.signer);
        self
    }

    /// Signs a revocation list, and verifies the signature.
    ///
    /// # Errors
    ///
    /// When the list is not sound, the CA's certificate does not let it sign lists, or signing fails.
    ///
    /// ```no_run
    /// # fn f(identity: &sapi::Identity, list: &sapi::RevocationList) -> Result<(), sapi::RevocationListError> {
    /// print!("{}", identity.sign_revocation_list(list)?.pem());
    /// # Ok(()) }
    /// ```
    pub fn sign_revocation_list(
        &self,
        list: &RevocationList,
    ) -> Result<SignedRevocationList, RevocationListError> {
        Ok(signer::sign_list(self.signer.as_ref(), &self.issuer, list)?)
    }

    /// Signs the bytes and verifies the signature.
    pub(crate) fn issue(&self, tbs: Tbs) -> Result<IssuedCertificate, SignError> {
        signer::issue(
            self.signer.as_ref(),
            &self.issuer,
            self.throw_away.as_ref(),
            tbs,
        )
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
