//! The public half of the CA: its certificate, its chain, and the values that its certificates repeat.

pub(crate) mod algorithm;
pub(crate) mod error;
pub(crate) mod key_identifier;
#[cfg(test)]
mod tests;
pub(crate) mod verifier;

use std::fmt;
use std::time::SystemTime;

use openssl::pkey::{PKey, Public};
use openssl::x509::{X509, X509NameRef, X509Ref};

use self::algorithm::SignatureAlgorithm;
use self::error::IssuerError;
use self::key_identifier::{authority_key_id, key_bits};
use self::verifier::Verifier;
use super::constraints::{NameConstraints, OutsideConstraints};
use crate::encoding::time::from_openssl;
use crate::request::{AltName, CertRequest, CsrError, CsrFault, DistinguishedName};

/// The public part of the certificate authority.
///
/// ```no_run
/// # fn f(ca: &sapi::Issuer) {
/// println!("{:?} until {:?}", ca.subject(), ca.not_after());
/// # }
/// ```
pub struct Issuer {
    certificate: X509,
    chain: Vec<X509>,
    chain_pem: String,
    subject_der: Vec<u8>,
    /// The subject as a name; `None` if an old CA has a subject that a request may not have.
    name: Option<DistinguishedName>,
    key_bits: Vec<u8>,
    key: PKey<Public>,
    verifier: Verifier,
    algorithm: SignatureAlgorithm,
    not_before: SystemTime,
    not_after: SystemTime,
    authority_key_id: Vec<u8>,
    /// Its own, and those of the certificates above it. All of them apply (RFC 5280 section 6.1.4).
    constraints: Vec<NameConstraints>,
}

impl Issuer {
    /// Takes a CA certificate and the certificates above it, the nearest first.
    ///
    /// The loader of the identity checks whether the certificate is fit for a CA.
    pub(crate) fn new(certificate: X509, chain: Vec<X509>) -> Result<Self, IssuerError> {
        let key = certificate.public_key()?;
        let algorithm = SignatureAlgorithm::for_key(&key).ok_or(IssuerError::UnsupportedKey)?;
        let subject_der = certificate.subject_name().to_der()?;
        let mut chain_pem = String::new();
        let mut constraints = Vec::new();
        for link in std::iter::once(&certificate).chain(&chain) {
            let read = NameConstraints::read(&link.to_der()?);
            constraints.push(read.map_err(|_| IssuerError::Constraints)?);
            chain_pem.push_str(&String::from_utf8_lossy(&link.to_pem()?));
        }
        Ok(Self {
            chain_pem,
            name: DistinguishedName::from_der(&subject_der).ok(),
            subject_der,
            key_bits: key_bits(&key.public_key_to_der()?)?.to_vec(),
            algorithm,
            not_before: from_openssl(certificate.not_before())?,
            not_after: from_openssl(certificate.not_after())?,
            authority_key_id: authority_key_id(&certificate)?,
            verifier: Verifier::new(algorithm, key.clone())?,
            key,
            certificate,
            chain,
            constraints,
        })
    }

    /// The CA certificate.
    ///
    /// ```no_run
    /// # fn f(ca: &sapi::Issuer) { let pem = ca.certificate().to_pem(); }
    /// ```
    #[must_use]
    pub fn certificate(&self) -> &X509Ref {
        &self.certificate
    }

    /// The certificates above the CA's, the nearest first; empty for a root.
    ///
    /// ```no_run
    /// # fn f(ca: &sapi::Issuer) { let is_root = ca.chain().is_empty(); }
    /// ```
    #[must_use]
    pub fn chain(&self) -> &[X509] {
        &self.chain
    }

    /// The CA certificate and those above it as PEM blocks, the nearest first.
    ///
    /// ```no_run
    /// # fn f(ca: &sapi::Issuer) { print!("{}", ca.chain_pem()); }
    /// ```
    #[must_use]
    pub fn chain_pem(&self) -> &str {
        &self.chain_pem
    }

    /// The CA's subject, which is the issuer of every certificate it signs.
    ///
    /// ```no_run
    /// # fn f(ca: &sapi::Issuer) { println!("{:?}", ca.subject()); }
    /// ```
    #[must_use]
    pub fn subject(&self) -> &X509NameRef {
        self.certificate.subject_name()
    }

    /// The CA's public key.
    ///
    /// ```no_run
    /// # fn f(ca: &sapi::Issuer) { println!("{} bits", ca.public_key().bits()); }
    /// ```
    #[must_use]
    pub fn public_key(&self) -> &PKey<Public> {
        &self.key
    }

    /// When the CA certificate becomes valid.
    ///
    /// ```no_run
    /// # fn f(ca: &sapi::Issuer) { let from = ca.not_before(); }
    /// ```
    #[must_use]
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// The last second of the CA certificate.
    ///
    /// ```no_run
    /// # fn f(ca: &sapi::Issuer) { let until = ca.not_after(); }
    /// ```
    #[must_use]
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// Whether the CA certificate is valid at the given time (RFC 5280 section 4.1.2.5).
    ///
    /// ```no_run
    /// # fn f(ca: &sapi::Issuer) { assert!(!ca.is_valid_at(std::time::SystemTime::UNIX_EPOCH)); }
    /// ```
    #[must_use]
    pub fn is_valid_at(&self, now: SystemTime) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// Refuses a request for a second certificate for the CA's own key or name. Compares keys by their
    /// numbers, which have only one encoding, and not by their algorithm identifiers.
    pub(crate) fn refuse_own(&self, csr: &CertRequest) -> Result<(), CsrError> {
        if key_bits(csr.public_key_der()).is_ok_and(|bits| bits == self.key_bits) {
            return Err(CsrFault::CaKey.into());
        }
        if self.is_called(csr.subject()) {
            return Err(CsrFault::CaSubject.into());
        }
        Ok(())
    }

    /// Whether a name is the CA's own, even in another case or string type.
    pub(crate) fn is_called(&self, name: &DistinguishedName) -> bool {
        let same = |own: &DistinguishedName| own.means_same_as(name);
        name.as_der() == self.subject_der || self.name.as_ref().is_some_and(same)
    }

    /// Whether the CA may vouch for this subject and these names.
    pub(crate) fn permits(
        &self,
        subject: &DistinguishedName,
        names: &[AltName],
    ) -> Result<(), OutsideConstraints> {
        let mut all = self.constraints.iter();
        all.try_for_each(|constraints| constraints.check(subject, names))
    }

    /// The subject for a person to read.
    pub(crate) fn subject_text(&self) -> String {
        let openssl = || format!("{:?}", self.subject());
        self.name.as_ref().map_or_else(openssl, ToString::to_string)
    }

    pub(crate) fn subject_der(&self) -> &[u8] {
        &self.subject_der
    }

    pub(crate) fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Whether a signature is the CA's.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verifier.verifies(message, signature)
    }

    /// The whole authority key identifier extension, the same for every certificate.
    pub(crate) fn authority_key_id(&self) -> &[u8] {
        &self.authority_key_id
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("subject", &self.subject())
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}
