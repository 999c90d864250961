//! The identity of a CA: its public half, its private half, and the directory of both.
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

pub(crate) mod authority;
pub(crate) mod directory;
pub(crate) mod key;
pub(crate) mod life;
pub(crate) mod passphrase;
mod pool;
mod signer;

use std::fmt;
use std::sync::Arc;

use openssl::pkey::{PKey, Private, Public};
use openssl::x509::X509;

use crate::certificate::{
    IssuedCertificate, Issuer, IssuerError, RevocationList, RevocationListError,
    SignedRevocationList, Tbs,
};
pub use authority::judge::{AuthorityFault, AuthorityWarning};
pub use directory::files::{FileError, certificates, existing};
pub use directory::install::{Existing, InstallError, Installed};
#[cfg(feature = "server")]
pub(crate) use directory::load::load_public;
pub use directory::load::{IdentityError, LoadedIdentity, load, load_issuer};
pub use key::kind::{KeyKind, UnknownKeyKind};
pub use key::private::PrivateKeyError;
use key::rehearsal;
pub use life::backup::{Backup, BackupError};
pub use life::change_passphrase::{ChangePassphrase, ChangePassphraseError};
pub use life::check::{Finding, Level, check, faults};
pub use life::create::{CreateError, NewIdentity};
pub use life::outside_certificate::{OutsideCertificate, OutsideCertificateError};
pub use life::request::AuthorityRequest;
pub use life::restore::{Restore, RestoreError, recipient_key};
pub use life::rollover::{Prepared, Rollover, RolloverError, SuccessorKey};
pub use passphrase::hardening;
#[cfg(feature = "server")]
pub(crate) use passphrase::kept::KeptPassphrase;
pub use passphrase::other::OtherPassphrase;
pub use passphrase::sources::{PassphraseError, PassphraseSources};
pub use passphrase::{Passphrase, PassphraseLengthError};
pub(crate) use pool::PoolError;
pub use pool::SigningPool;
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
    /// The public half of the key that signs in a rehearsal. Otherwise the issuer's key signs.
    throw_away: Option<PKey<Public>>,
}

impl Identity {
    /// Joins a key and its CA certificate. `chain` contains the certificates above it, nearest first.
    ///
    /// # Errors
    ///
    /// [`UnfitIdentity`] when the key does not belong to the certificate, or its kind cannot sign.
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

    /// Joins the public half of a CA and a throw-away key. What it signs equals a certificate of that CA in
    /// every byte but the signature, which nobody accepts.
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

    /// Replaces the signer, for example with one that fails.
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

/// Why a key and a certificate are not an identity.
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
