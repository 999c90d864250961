//! A key and a request signed by it, kept until the request is decided.

use std::fmt;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use sapi::identity::KeyKind;
use sapi::{AltName, CertRequest, CsrError, DistinguishedName};
use zeroize::Zeroizing;

use crate::credential::{Credential, key_pem, private_key};
use crate::pem::PemError;
use crate::request;

/// What a certificate is asked for.
///
/// ```
/// use sapi_client::Wish;
///
/// let wish = Wish {
///     subject: sapi::DistinguishedName::from_fields([("CN", "web01")])?,
///     names: vec!["DNS:www.example.com".parse()?],
/// };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The subject.
    pub subject: DistinguishedName,
    /// The alternative names; each must be granted.
    pub names: Vec<AltName>,
}

/// A key and a request for a certificate for it. The same request is sent again until it is decided:
/// a policy with approval knows it by its bytes.
///
/// ```
/// use sapi::identity::KeyKind;
/// use sapi_client::{Enrolment, Wish};
///
/// let subject = sapi::DistinguishedName::from_fields([("CN", "web01")])?;
/// let wish = Wish { subject, names: vec![] };
/// let enrolment = Enrolment::new(KeyKind::P256, &wish)?;
///
/// // Kept, perhaps over a restart, and taken up again:
/// let again = Enrolment::from_pem(&enrolment.to_pem())?;
/// assert_eq!(enrolment.request_pem(), again.request_pem());
/// assert!(again.asks_for(&wish));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Enrolment {
    key: PKey<Private>,
    request: CertRequest,
}

impl Enrolment {
    /// Makes a key and a request.
    ///
    /// # Errors
    /// [`EnrolmentError`] when a name is not of its form, or OpenSSL fails.
    ///
    /// ```
    /// # fn f(wish: &sapi_client::Wish) {
    /// let enrolment = sapi_client::Enrolment::new(sapi::identity::KeyKind::Ed25519, wish);
    /// # }
    /// ```
    pub fn new(kind: KeyKind, wish: &Wish) -> Result<Self, EnrolmentError> {
        Self::with_key(kind.generate()?, wish)
    }

    /// Makes a request for a key that is there.
    ///
    /// # Errors
    /// [`EnrolmentError`], also when the key is not good enough.
    ///
    /// ```
    /// # fn f(key_pem: &[u8], wish: &sapi_client::Wish) {
    /// let enrolment = sapi_client::Enrolment::with_key_pem(key_pem, wish);
    /// # }
    /// ```
    pub fn with_key_pem(pem: &[u8], wish: &Wish) -> Result<Self, EnrolmentError> {
        Self::with_key(private_key(pem)?, wish)
    }

    /// Makes a request for the key of a credential, to renew it.
    ///
    /// # Errors
    /// [`EnrolmentError`], also when the key is no longer good enough.
    ///
    /// ```
    /// # fn f(old: &sapi_client::Credential, wish: &sapi_client::Wish) {
    /// let enrolment = sapi_client::Enrolment::with_key_of(old, wish);
    /// # }
    /// ```
    pub fn with_key_of(credential: &Credential, wish: &Wish) -> Result<Self, EnrolmentError> {
        Self::with_key(credential.key().clone(), wish)
    }

    fn with_key(key: PKey<Private>, wish: &Wish) -> Result<Self, EnrolmentError> {
        for name in &wish.names {
            name.check().map_err(EnrolmentError::new)?;
        }
        let request = request::signed(&key, wish)?;
        // The server's own reader, so that what it would refuse is not sent.
        let request = CertRequest::from_der(&request.to_der()?)?;
        Ok(Self { key, request })
    }

    /// Takes up what [`Enrolment::to_pem`] wrote.
    ///
    /// # Errors
    /// [`EnrolmentError`] when key or request are missing or broken, or not of each other.
    ///
    /// ```
    /// assert!(sapi_client::Enrolment::from_pem(b"").is_err());
    /// ```
    pub fn from_pem(bytes: &[u8]) -> Result<Self, EnrolmentError> {
        let key = private_key(bytes)?;
        let blocks = crate::pem::blocks(bytes)?;
        let request = blocks.iter().find(|block| block.label == REQUEST);
        let request = request.ok_or(PemError("there is no certificate request"))?;
        let request = CertRequest::from_der(&request.der)?;
        if !request.public_key().public_eq(&key) {
            return Err(PemError("the request is for another key").into());
        }
        Ok(Self { key, request })
    }

    /// Key and request, to be kept until the request is decided. The key is not encrypted.
    ///
    /// ```
    /// # fn f(enrolment: sapi_client::Enrolment) {
    /// let keep_this_safe = enrolment.to_pem();
    /// # }
    /// ```
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<Vec<u8>> {
        let mut pem = key_pem(&self.key);
        pem.extend_from_slice(self.request.pem().as_bytes());
        pem
    }

    /// The request (PKCS #10), as it is sent.
    ///
    /// ```
    /// # fn f(enrolment: sapi_client::Enrolment) {
    /// assert!(enrolment.request_pem().starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    /// # }
    /// ```
    #[must_use]
    pub fn request_pem(&self) -> &str {
        self.request.pem()
    }

    /// Whether this is the request that one would make for this wish.
    ///
    /// ```
    /// # fn f(enrolment: sapi_client::Enrolment, wish: sapi_client::Wish) {
    /// assert!(enrolment.asks_for(&wish));
    /// # }
    /// ```
    #[must_use]
    pub fn asks_for(&self, wish: &Wish) -> bool {
        self.request.subject() == &wish.subject && self.request.names() == wish.names
    }

    /// Whether its key is of this kind.
    ///
    /// ```
    /// # fn f(enrolment: sapi_client::Enrolment) {
    /// assert!(enrolment.has_key_of(sapi::identity::KeyKind::P256));
    /// # }
    /// ```
    #[must_use]
    pub fn has_key_of(&self, kind: KeyKind) -> bool {
        let own = self.request.key_kind();
        match kind {
            KeyKind::Rsa2048 => own == (sapi::KeyKind::Rsa { bits: 2048 }),
            KeyKind::Rsa3072 => own == (sapi::KeyKind::Rsa { bits: 3072 }),
            KeyKind::Rsa4096 => own == (sapi::KeyKind::Rsa { bits: 4096 }),
            KeyKind::P256 => own == sapi::KeyKind::P256,
            KeyKind::P384 => own == sapi::KeyKind::P384,
            KeyKind::Ed25519 => own == sapi::KeyKind::Ed25519,
            _ => false,
        }
    }

    /// Whether it is for the key in this PEM.
    ///
    /// ```
    /// # fn f(enrolment: sapi_client::Enrolment, key_pem: &[u8]) {
    /// assert!(enrolment.is_for_key(key_pem));
    /// # }
    /// ```
    #[must_use]
    pub fn is_for_key(&self, pem: &[u8]) -> bool {
        private_key(pem).is_ok_and(|key| key.public_eq(&self.key))
    }

    pub(crate) fn key(&self) -> &PKey<Private> {
        &self.key
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment")
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

/// Why there is no request.
///
/// ```
/// let error = sapi_client::Enrolment::from_pem(b"").unwrap_err();
/// assert_eq!(error.to_string(), "there is no private key");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentError(String);

impl EnrolmentError {
    fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl From<ErrorStack> for EnrolmentError {
    fn from(error: ErrorStack) -> Self {
        Self(format!("OpenSSL: {error}"))
    }
}

impl From<PemError> for EnrolmentError {
    fn from(error: PemError) -> Self {
        Self::new(error)
    }
}

impl From<CsrError> for EnrolmentError {
    fn from(error: CsrError) -> Self {
        Self::new(error)
    }
}

impl fmt::Display for EnrolmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EnrolmentError {}

const REQUEST: &str = "CERTIFICATE REQUEST";

#[cfg(test)]
mod tests;
