//! An enrolment: a key and the request signed by it, kept until the request is decided.

use std::fmt;

use openssl::pkey::{PKey, Private};
use sapi::{CertRequest, KeyKind};
use zeroize::Zeroizing;

use crate::credential::{Credential, key_pem, private_key};
use crate::enrolment_error::EnrolmentError;
use crate::pem::PemError;
use crate::request;
use crate::wish::Wish;

/// A key and its certificate request. Send the same request again until it is decided: a policy with
/// approval recognises it by its bytes.
///
/// ```
/// use sapi::KeyKind;
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
    /// [`EnrolmentError`] when a name is malformed, or OpenSSL fails.
    ///
    /// ```
    /// # fn f(wish: &sapi_client::Wish) {
    /// let enrolment = sapi_client::Enrolment::new(sapi::KeyKind::Ed25519, wish);
    /// # }
    /// ```
    pub fn new(kind: KeyKind, wish: &Wish) -> Result<Self, EnrolmentError> {
        Self::with_key(kind.generate()?, wish)
    }

    /// Makes a request for an existing key.
    ///
    /// # Errors
    /// [`EnrolmentError`], also when the key is malformed or too weak.
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
    /// [`EnrolmentError`], also when the key counts as too weak by now.
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
        // The server's own reader: a request that it would refuse is never sent.
        let request = CertRequest::from_der(&request.to_der()?)?;
        Ok(Self { key, request })
    }

    /// Reads what [`Enrolment::to_pem`] wrote.
    ///
    /// # Errors
    /// [`EnrolmentError`] when key or request is missing or malformed, or the request is for another key.
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

    /// The key and the request. Keep them until the request is decided; the key is not encrypted.
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

    /// The request (PKCS #10) as the client sends it.
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

    /// Whether the request asks for exactly this wish.
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

    /// Whether the key is of this kind.
    ///
    /// ```
    /// # fn f(enrolment: sapi_client::Enrolment) {
    /// assert!(enrolment.has_key_of(sapi::KeyKind::P256));
    /// # }
    /// ```
    #[must_use]
    pub fn has_key_of(&self, kind: KeyKind) -> bool {
        self.request.key_kind() == kind
    }

    /// Whether the request is for the key in this PEM.
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

const REQUEST: &str = "CERTIFICATE REQUEST";

#[cfg(test)]
mod tests {
    use sapi::{AltName, DistinguishedName};

    use super::*;

    fn wish() -> Wish {
        Wish {
            subject: DistinguishedName::from_fields([("CN", "web01"), ("O", "Example, Inc.")])
                .unwrap(),
            names: [
                "DNS:www.example.com",
                "IP:2001:db8::1",
                "IP:192.0.2.1",
                "email:a@example.com",
                "URI:spiffe://a/b",
            ]
            .map(|name| name.parse().unwrap())
            .to_vec(),
        }
    }

    #[test]
    fn every_kind_of_key_asks_for_every_kind_of_name() {
        for kind in [
            KeyKind::P256,
            KeyKind::P384,
            KeyKind::Ed25519,
            KeyKind::Rsa { bits: 2048 },
        ] {
            let enrolment = Enrolment::new(kind, &wish()).unwrap();
            assert!(
                enrolment.asks_for(&wish()) && enrolment.has_key_of(kind),
                "{kind}"
            );
            let again = Enrolment::from_pem(&enrolment.to_pem()).unwrap();
            assert_eq!(again.request_pem(), enrolment.request_pem());
            assert!(again.is_for_key(&enrolment.to_pem()));
        }
    }

    #[test]
    fn another_wish_is_noticed() {
        let enrolment = Enrolment::new(KeyKind::P256, &wish()).unwrap();
        let mut fewer = wish();
        fewer.names.pop();
        let mut other = wish();
        other.subject = DistinguishedName::from_fields([("CN", "web02")]).unwrap();
        assert!(!enrolment.asks_for(&fewer) && !enrolment.asks_for(&other));
        assert!(!enrolment.has_key_of(KeyKind::P384));
    }

    #[test]
    fn a_request_that_the_server_would_refuse_is_not_made() {
        let mut wrong = wish();
        wrong.names = vec![AltName::Dns("a b".into())];
        assert!(Enrolment::new(KeyKind::P256, &wrong).is_err());
        let weak = openssl::rsa::Rsa::generate(1024)
            .unwrap()
            .private_key_to_pem()
            .unwrap();
        let error = Enrolment::with_key_pem(&weak, &wish()).unwrap_err();
        assert!(error.to_string().contains("1024"), "{error}");
    }

    #[test]
    fn a_key_and_a_request_of_another_key_are_no_enrolment() {
        let [one, other] = [(); 2].map(|()| Enrolment::new(KeyKind::P256, &wish()).unwrap());
        let mut mixed = key_pem(&one.key);
        mixed.extend_from_slice(other.request_pem().as_bytes());
        assert!(
            Enrolment::from_pem(&mixed)
                .unwrap_err()
                .to_string()
                .contains("another key")
        );
    }
}
