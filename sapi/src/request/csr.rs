//! A certificate signing request whose sender has proved possession of the private key.

use std::fmt;
use std::sync::OnceLock;

use der::asn1::ObjectIdentifier;
use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{PKey, Public};
use openssl::x509::X509Req;
use sha2::{Digest, Sha256};

use super::csr_error::{CsrError, CsrFault};
use super::csr_reader::{read_info, read_parts};
use super::key::kind::KeyKind;
use super::name::alt::AltName;
use super::name::distinguished::DistinguishedName;
use super::pem;
use super::policy::RequestPolicy;
use super::signature::Scheme;
use crate::encoding::hex::hex;

/// A certification request (RFC 2986) that was read strictly, is signed by its own key, and has a
/// key that is good enough.
///
/// It contains only wishes. A wish reaches a certificate only if a hook grants it.
///
/// ```
/// use sapi::CertRequest;
///
/// let refusal = CertRequest::from_pem(b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
/// assert_eq!(refusal.unwrap_err().to_string(), "this is not a certificate request but a certificate");
/// ```
#[derive(Clone)]
#[doc(alias = "csr_tuple")]
pub struct CertRequest {
    der: Vec<u8>,
    spki: Vec<u8>,
    spki_sha256: [u8; 32],
    subject: DistinguishedName,
    names: Vec<AltName>,
    attributes: Vec<(ObjectIdentifier, Vec<u8>)>,
    key_kind: KeyKind,
    key: PKey<Public>,
    pem: OnceLock<String>,
}

impl CertRequest {
    /// Reads a body, PEM or DER, under the default policy.
    ///
    /// # Errors
    ///
    /// [`CsrError`] says what is wrong with it, in words a client may read.
    ///
    /// ```
    /// assert!(sapi::CertRequest::from_pem(b"").is_err());
    /// ```
    pub fn from_pem(body: &[u8]) -> Result<Self, CsrError> {
        Self::read(body, &RequestPolicy::default())
    }

    /// Reads DER under the default policy.
    ///
    /// # Errors
    ///
    /// [`CsrError`], as for [`from_pem`](Self::from_pem).
    ///
    /// ```
    /// assert!(sapi::CertRequest::from_der(&[0x30, 0x00]).is_err());
    /// ```
    pub fn from_der(der: &[u8]) -> Result<Self, CsrError> {
        Ok(Self::read_der(der, &RequestPolicy::default())?)
    }

    /// Reads a body, PEM or DER, under the given policy.
    ///
    /// # Errors
    ///
    /// [`CsrError`], as for [`from_pem`](Self::from_pem).
    ///
    /// ```
    /// use sapi::{CertRequest, RequestPolicy};
    ///
    /// assert!(CertRequest::read(b"", &RequestPolicy::default()).is_err());
    /// ```
    pub fn read(body: &[u8], policy: &RequestPolicy) -> Result<Self, CsrError> {
        Ok(Self::read_der(&pem::find_request(body)?, policy)?)
    }

    fn read_der(der: &[u8], policy: &RequestPolicy) -> Result<Self, CsrFault> {
        let parts = read_parts(der)?;
        let info = read_info(parts.info, policy.max_names())?;
        let spki_sha256 = Sha256::digest(info.spki).into();
        policy.check_key(&info.key, &spki_sha256)?;
        let scheme = Scheme::read(parts.algorithm, parts.parameters)?;
        let key = info.key.build()?;
        scheme.verify(&info.key, &key, parts.info, parts.signature)?;
        let owned = |(kind, values): (_, &[u8])| (kind, values.to_vec());
        Ok(Self {
            der: der.to_vec(),
            spki: info.spki.to_vec(),
            spki_sha256,
            subject: info.subject,
            names: info.attributes.names,
            attributes: info.attributes.all.into_iter().map(owned).collect(),
            key_kind: info.key.kind(),
            key,
            pem: OnceLock::new(),
        })
    }

    /// The request as PEM: one block, without any text around it.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// assert!(csr.pem().starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    /// # }
    /// ```
    #[must_use]
    pub fn pem(&self) -> &str {
        self.pem.get_or_init(|| pem::write_request(&self.der))
    }

    /// The request as DER, byte for byte as it came.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// assert_eq!(csr.der().first(), Some(&0x30));
    /// # }
    /// ```
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The SHA-256 of the DER in lower-case hex. It identifies exactly this request.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// assert_eq!(csr.sha256().len(), 64);
    /// # }
    /// ```
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(&self.der))
    }

    /// The subject asked for.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// println!("{}", csr.subject());
    /// # }
    /// ```
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// The alternative names that the request asks for, each once. They are wishes until a hook grants them.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// for name in csr.names() { println!("{name}"); }
    /// # }
    /// ```
    #[must_use]
    #[doc(alias = "subject_alt_name_exts")]
    pub fn names(&self) -> &[AltName] {
        &self.names
    }

    /// The contents of an attribute's set of values (DER), by its dotted object identifier.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// let challenge = csr.attribute("1.2.840.113549.1.9.7");
    /// # }
    /// ```
    #[must_use]
    pub fn attribute(&self, kind: &str) -> Option<&[u8]> {
        let kind = ObjectIdentifier::new(kind).ok()?;
        let found = self.attributes.iter().find(|(other, _)| *other == kind);
        found.map(|(_, values)| values.as_slice())
    }

    /// The kind of the key in the request.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// assert_eq!(csr.key_kind(), sapi::KeyKind::P256);
    /// # }
    /// ```
    #[must_use]
    pub fn key_kind(&self) -> KeyKind {
        self.key_kind
    }

    /// The public key to be certified.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// assert!(csr.public_key().bits() >= 256);
    /// # }
    /// ```
    #[must_use]
    pub fn public_key(&self) -> &PKey<Public> {
        &self.key
    }

    /// The SubjectPublicKeyInfo, byte for byte as it came.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// assert_eq!(csr.public_key_der().first(), Some(&0x30));
    /// # }
    /// ```
    #[must_use]
    pub fn public_key_der(&self) -> &[u8] {
        &self.spki
    }

    /// A digest of the SubjectPublicKeyInfo in DER, as lower-case hex.
    ///
    /// # Errors
    ///
    /// OpenSSL's error, if it does not offer the digest.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) -> Result<(), openssl::error::ErrorStack> {
    /// let pin = csr.public_key_digest(openssl::hash::MessageDigest::sha256())?;
    /// # Ok(()) }
    /// ```
    pub fn public_key_digest(&self, digest: MessageDigest) -> Result<String, ErrorStack> {
        Ok(hex(&hash(digest, &self.spki)?))
    }

    /// The SHA-256 of the SubjectPublicKeyInfo, in the form that the list of blocked keys uses.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) {
    /// assert_eq!(csr.public_key_sha256().len(), 64);
    /// # }
    /// ```
    #[must_use]
    pub fn public_key_sha256(&self) -> String {
        hex(&self.spki_sha256)
    }

    /// The request as OpenSSL reads it, for parts that have no method here. Each call parses it.
    ///
    /// # Errors
    ///
    /// OpenSSL's error. Its versions from 3.5 on refuse a request of version 1 or 2; sapi accepts both.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest) -> Result<(), openssl::error::ErrorStack> {
    /// let extensions = csr.as_openssl()?.extensions()?;
    /// # Ok(()) }
    /// ```
    pub fn as_openssl(&self) -> Result<X509Req, ErrorStack> {
        X509Req::from_der(&self.der)
    }
}

impl fmt::Debug for CertRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertRequest")
            .field("subject", &self.subject)
            .field("names", &self.names)
            .field("key", &self.key_kind)
            .finish_non_exhaustive()
    }
}
