//! The CA itself: its public half, its private half, and the directory they live in.
//!
//! ```no_run
//! use std::{path::Path, time::SystemTime};
//! use sapi::identity::{PassphraseSources, load};
//!
//! # fn f(now: SystemTime) -> Result<(), sapi::BoxError> {
//! let passphrase = PassphraseSources::default().unlock()?;
//! let loaded = load(Path::new("/var/lib/ca"), &passphrase, now)?;
//! # Ok(()) }
//! ```

mod authority;
mod authority_certificate;
mod authority_extensions;
mod authority_request;
mod backup;
mod change_passphrase;
mod check;
mod create;
mod durable;
mod files;
pub mod hardening;
mod inherited;
mod install;
mod kept_passphrase;
mod key_kind;
mod load;
mod other_passphrase;
mod outside_certificate;
mod passphrase;
mod passphrase_sources;
mod pool;
pub mod private_key;
mod rehearsal;
mod restore;
mod rollover;
pub(crate) mod secure_heap;
mod signer;
mod signing_key;
mod staging;
mod terminal;
mod timestamp;
mod trust_bundle;

use std::fmt;
use std::sync::Arc;

use openssl::pkey::{PKey, Private, Public};
use openssl::x509::X509;

use crate::certificate::{
    IssuedCertificate, Issuer, IssuerError, RevocationList, RevocationListError,
    SignedRevocationList, Tbs,
};
pub use authority::{AuthorityFault, AuthorityWarning};
pub use authority_request::AuthorityRequest;
pub use backup::{Backup, BackupError};
pub use change_passphrase::{ChangePassphrase, ChangePassphraseError};
pub use check::{Finding, Level, check, faults};
pub use create::{CreateError, NewIdentity};
pub use files::{FileError, certificates, existing};
pub use install::{Existing, InstallError, Installed};
#[cfg(feature = "server")]
pub(crate) use kept_passphrase::KeptPassphrase;
pub use key_kind::{KeyKind, UnknownKeyKind};
#[cfg(feature = "server")]
pub(crate) use load::load_public;
pub use load::{IdentityError, LoadedIdentity, load, load_issuer};
pub use other_passphrase::OtherPassphrase;
pub use outside_certificate::{OutsideCertificate, OutsideCertificateError};
pub use passphrase::{Passphrase, PassphraseLengthError};
pub use passphrase_sources::{PassphraseError, PassphraseSources};
pub(crate) use pool::PoolError;
pub use pool::SigningPool;
pub use private_key::PrivateKeyError;
pub use restore::{Restore, RestoreError, recipient_key};
pub use rollover::{Prepared, Rollover, RolloverError, SuccessorKey};
use signer::KeySigner;
pub(crate) use signer::SignError;
#[cfg(test)]
pub(crate) use signer::Signer;
#[cfg(not(test))]
use signer::Signer;

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
    /// The public half of the key that signs in a rehearsal; otherwise the issuer's does.
    throw_away: Option<PKey<Public>>,
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
                "the private key is not that of the CA certificate".into(),
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
        signer::sign_list(self.signer.as_ref(), &self.issuer, list)
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

/// Why a key and a certificate are no identity.
///
/// ```
/// # fn f(error: sapi::UnfitIdentity) {
/// println!("{error}");
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfitIdentity(String);

impl From<IssuerError> for UnfitIdentity {
    fn from(error: IssuerError) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for UnfitIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnfitIdentity {}
