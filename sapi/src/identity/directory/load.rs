//! Loads an identity from its directory, and checks it.

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use openssl::pkey::{HasPrivate, HasPublic, PKey, PKeyRef, Private};
use openssl::sign::{Signer, Verifier};
use openssl::x509::X509;
use thiserror::Error;

use super::files;
use super::files::FileError;
use crate::certificate::Issuer;
use crate::identity::authority::judge;
use crate::identity::authority::judge::{AuthorityFault, AuthorityWarning};
use crate::identity::error::{IdentityError, IdentityErrorKind};
use crate::identity::key::private::PrivateKeyError;
use crate::identity::key::{private, signing};
use crate::identity::passphrase::Passphrase;

/// A key and the certificate that belongs to it, checked.
///
/// ```
/// # fn f(loaded: sapi::identity::LoadedIdentity) -> Result<(), sapi::UnfitIdentity> {
/// let identity = sapi::Identity::new(loaded.key, loaded.certificate, loaded.chain)?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct LoadedIdentity {
    /// The private key.
    pub key: PKey<Private>,
    /// The CA's certificate.
    pub certificate: X509,
    /// The certificates above it, nearest first.
    pub chain: Vec<X509>,
    /// What is odd about the certificate. An expired one is loaded too.
    pub warnings: Vec<AuthorityWarning>,
}

/// Loads and checks the identity in `directory`.
///
/// It needs neither the public key's file nor the request. An expired certificate is only a warning, so that
/// the service starts and says what is wrong.
///
/// ```no_run
/// use std::{path::Path, time::UNIX_EPOCH};
/// use sapi::identity::{Passphrase, load};
///
/// let passphrase = Passphrase::new(b"correct horse".to_vec())?;
/// let identity = load(Path::new("/var/lib/ca"), &passphrase, UNIX_EPOCH)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When a file is missing, open to the wrong people, unreadable, or does not fit the others.
#[doc(alias = "SAPI_CA_PATH")]
pub fn load(
    directory: &Path,
    passphrase: &Passphrase,
    now: SystemTime,
) -> Result<LoadedIdentity, IdentityError> {
    Ok(load_pair(directory, passphrase, now)?)
}

/// [`load`], for this floor.
pub(crate) fn load_pair(
    directory: &Path,
    passphrase: &Passphrase,
    now: SystemTime,
) -> Result<LoadedIdentity, LoadError> {
    files::check_directory(directory)?;
    let public = load_public(directory, now)?;
    let key = load_key(directory, passphrase)?;
    check_pair(&key, &public.certificate, public.name)?;
    for warning in &public.warnings {
        tracing::warn!("{}: {warning}", public.name);
    }
    let PublicPart {
        certificate,
        chain,
        warnings,
        ..
    } = public;
    Ok(LoadedIdentity {
        key,
        certificate,
        chain,
        warnings,
    })
}

/// Loads and checks only the public half. This does not need the passphrase.
///
/// ```no_run
/// use std::{path::Path, time::UNIX_EPOCH};
///
/// let ca = sapi::identity::load_issuer(Path::new("/var/lib/ca"), UNIX_EPOCH)?;
/// println!("{:?}", ca.subject());
/// # Ok::<(), sapi::BoxError>(())
/// ```
///
/// # Errors
/// When a file is missing, open to the wrong people, unreadable, or does not fit the others.
pub fn load_issuer(directory: &Path, now: SystemTime) -> Result<Issuer, IdentityError> {
    files::check_directory(directory)?;
    let public = load_public(directory, now)?;
    Issuer::new(public.certificate, public.chain)
        .map_err(|error| IdentityError::new(IdentityErrorKind::Unusable, error))
}

/// The part of an identity that loads without the passphrase.
pub(crate) struct PublicPart {
    pub(crate) name: &'static str,
    pub(crate) certificate: X509,
    pub(crate) chain: Vec<X509>,
    pub(crate) warnings: Vec<AuthorityWarning>,
}

pub(crate) fn load_public(directory: &Path, now: SystemTime) -> Result<PublicPart, LoadError> {
    let name = files::certificate_name(directory);
    let mut certificates = load_certificates(directory, name)?.into_iter();
    let certificate = certificates.next().ok_or(LoadError::NoCertificate(name))?;
    let mut warnings =
        judge::check(&certificate, now).map_err(|fault| LoadError::Authority(name, fault))?;
    if certificates.next().is_some() {
        warnings.push(AuthorityWarning::SeveralCertificates);
    }
    let chain = load_chain(directory, &certificate)?;
    Ok(PublicPart {
        name,
        certificate,
        chain,
        warnings,
    })
}

pub(crate) fn load_key(
    directory: &Path,
    passphrase: &Passphrase,
) -> Result<PKey<Private>, LoadError> {
    let pem = files::read_secret(directory)?;
    let key = private::decrypt(&pem, passphrase).map_err(LoadError::PrivateKey)?;
    signing::check(&key).map_err(LoadError::PrivateKey)?;
    Ok(key)
}

/// Lets the key sign and the certificate verify. A damaged private half could still have a public half that
/// matches.
pub(crate) fn check_pair(
    key: &PKeyRef<Private>,
    certificate: &X509,
    name: &'static str,
) -> Result<(), LoadError> {
    let mismatch = || LoadError::KeyMismatch(name);
    let public = certificate.public_key().map_err(|_| mismatch())?;
    if public.public_eq(key) && signs_for(key, &public) {
        Ok(())
    } else {
        Err(mismatch())
    }
}

fn load_chain(directory: &Path, certificate: &X509) -> Result<Vec<X509>, LoadError> {
    let name = files::CHAIN;
    if !directory.join(name).exists() {
        return Ok(Vec::new());
    }
    let chain = load_certificates(directory, name)?;
    judge::check_chain(certificate, &chain).map_err(|fault| LoadError::Authority(name, fault))?;
    Ok(chain)
}

fn load_certificates(directory: &Path, name: &'static str) -> Result<Vec<X509>, LoadError> {
    let pem = files::read_public(directory, name)?;
    match X509::stack_from_pem(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(LoadError::NoCertificate(name)),
    }
}

pub(crate) fn signs_for(
    private: &PKeyRef<impl HasPrivate>,
    public: &PKeyRef<impl HasPublic>,
) -> bool {
    let message = b"sapi checks that this key belongs to this certificate";
    // Without a digest, OpenSSL takes the default for the kind of key.
    let signature = Signer::new_without_digest(private)
        .and_then(|mut signer| signer.sign_oneshot_to_vec(message));
    let verified = signature.and_then(|signature| {
        Verifier::new_without_digest(public)?.verify_oneshot(&signature, message)
    });
    verified.unwrap_or(false)
}

impl fmt::Debug for LoadedIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedIdentity")
            .field("subject", &self.certificate.subject_name())
            .field("chain", &self.chain.len())
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// Why there is no usable identity; each text names the file.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{file}: {0}", file = files::PRIVATE_KEY)]
    PrivateKey(#[from] PrivateKeyError),
    #[error("{0}: no certificate in PEM")]
    NoCertificate(&'static str),
    /// The certificate in a file is not a CA's, or does not fit the others.
    #[error("{0}: {1}")]
    Authority(&'static str, #[source] AuthorityFault),
    /// The key does not belong to the certificate in this file.
    #[error("{file}: is not the key of the certificate in {0}", file = files::PRIVATE_KEY)]
    KeyMismatch(&'static str),
}

impl From<LoadError> for IdentityError {
    fn from(error: LoadError) -> Self {
        let kind = match error {
            LoadError::File(_) => IdentityErrorKind::File,
            LoadError::PrivateKey(PrivateKeyError::WrongPassphrase) => {
                IdentityErrorKind::WrongPassphrase
            }
            _ => IdentityErrorKind::Unusable,
        };
        Self::new(kind, error)
    }
}
