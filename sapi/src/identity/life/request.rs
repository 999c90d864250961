//! The request of an intermediate CA: another CA will sign its certificate.

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use openssl::pkey::{PKey, PKeyRef, Private};
use openssl::stack::Stack;
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509Name, X509NameRef, X509Req};

use super::error::LifeError;
use crate::identity::authority::certificate::digest;
use crate::identity::authority::error::CreateError;
use crate::identity::directory::files::{self, Files};
use crate::identity::directory::install::{Existing, Installed, install};
use crate::identity::error::IdentityError;
use crate::identity::key::private;
use crate::identity::passphrase::Passphrase;
use crate::request::DistinguishedName;
use crate::request::KeyKind;

/// The key and the request of an intermediate CA. Its certificate comes from outside, and
/// [`OutsideCertificate`](crate::identity::OutsideCertificate) installs it.
///
/// ```
/// use sapi::DistinguishedName;
/// use sapi::identity::AuthorityRequest;
/// use sapi::KeyKind;
///
/// let subject = DistinguishedName::from_fields([("CN", "issuing CA")])?;
/// let request = AuthorityRequest::new(&subject, KeyKind::P256)?;
/// assert!(request.request().verify(request.key())?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AuthorityRequest {
    key: PKey<Private>,
    request: X509Req,
}

impl AuthorityRequest {
    /// Makes a key and its request.
    ///
    /// # Errors
    /// When the subject is empty, or OpenSSL fails.
    ///
    /// ```
    /// # use sapi::DistinguishedName;
    /// # use sapi::identity::AuthorityRequest;
    /// # use sapi::KeyKind;
    ///
    /// let subject = DistinguishedName::from_fields([("CN", "issuing CA")])?;
    /// let request = AuthorityRequest::new(&subject, KeyKind::Ed25519)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(subject: &DistinguishedName, kind: KeyKind) -> Result<Self, IdentityError> {
        if subject.is_empty() {
            return Err(CreateError::EmptySubject.into());
        }
        let subject = X509Name::from_der(subject.as_der()).map_err(CreateError::from)?;
        let key = kind.generate().map_err(CreateError::from)?;
        Ok(Self::of(&subject, key)?)
    }

    pub(crate) fn of(subject: &X509NameRef, key: PKey<Private>) -> Result<Self, CreateError> {
        let request = write(subject, &key)?;
        Ok(Self { key, request })
    }

    /// The private key.
    ///
    /// ```no_run
    /// # fn f(request: &sapi::identity::AuthorityRequest) {
    /// println!("{} bits", request.key().bits());
    /// # }
    /// ```
    #[must_use]
    pub fn key(&self) -> &PKey<Private> {
        &self.key
    }

    /// The request for the outside CA.
    ///
    /// ```no_run
    /// # fn f(request: &sapi::identity::AuthorityRequest) -> Result<(), sapi::BoxError> {
    /// std::fs::write("for-the-root.csr.pem", request.request().to_pem()?)?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn request(&self) -> &X509Req {
        &self.request
    }

    /// Locks the key and writes the three files into `directory`, as
    /// [`NewIdentity::install`](crate::identity::NewIdentity::install) does.
    ///
    /// # Errors
    /// When an identity exists and must be kept, or the files cannot be written.
    ///
    /// ```no_run
    /// use std::{path::Path, time::SystemTime};
    /// use sapi::identity::{AuthorityRequest, Existing, Passphrase};
    ///
    /// # fn f(request: &AuthorityRequest, passphrase: &Passphrase, now: SystemTime) -> Result<(), sapi::BoxError> {
    /// request.install(Path::new("/var/lib/ca"), passphrase, Existing::Keep, now)?;
    /// # Ok(()) }
    /// ```
    pub fn install(
        &self,
        directory: &Path,
        passphrase: &Passphrase,
        existing: Existing,
        now: SystemTime,
    ) -> Result<Installed, IdentityError> {
        let files = files(&self.key, &self.request, passphrase)?;
        Ok(install(directory, &files, &files::ALL, existing, now)?)
    }
}

/// The files that exist before the certificate.
pub(crate) fn files(
    key: &PKey<Private>,
    request: &X509Req,
    passphrase: &Passphrase,
) -> Result<Files, LifeError> {
    let locked = private::encrypt(key, passphrase)?;
    let public = key.public_key_to_pem().map_err(CreateError::from)?;
    let request = request.to_pem().map_err(CreateError::from)?;
    Ok(vec![
        (files::PRIVATE_KEY, locked.as_bytes().to_vec().into()),
        (files::PUBLIC_KEY, public.into()),
        (files::REQUEST, request.into()),
    ])
}

/// Writes a request with the extensions of a CA, because some roots copy them from the request.
pub(crate) fn write(subject: &X509NameRef, key: &PKeyRef<Private>) -> Result<X509Req, CreateError> {
    let mut builder = X509Req::builder()?;
    // OpenSSL leaves the version open, and from 3.5 on verifies no such request.
    builder.set_version(0)?;
    builder.set_subject_name(subject)?;
    builder.set_pubkey(key)?;
    let mut extensions = Stack::new()?;
    extensions.push(BasicConstraints::new().critical().ca().pathlen(0).build()?)?;
    let mut usage = KeyUsage::new();
    usage.critical().key_cert_sign().crl_sign();
    extensions.push(usage.build()?)?;
    builder.add_extensions(&extensions)?;
    builder.sign(key, digest(key)?)?;
    Ok(builder.build())
}

impl fmt::Debug for AuthorityRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorityRequest")
            .field("subject", &self.request.subject_name())
            .finish_non_exhaustive()
    }
}
