//! A signed certificate.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use der::Tag;
use openssl::error::ErrorStack;
use openssl::x509::X509;
use sha2::{Digest, Sha256};

use super::issuer::Issuer;
use super::serial::SerialNumber;
use super::tbs::Tbs;
use crate::encoding::der_writer::DerWriter;
use crate::encoding::hex::hex;
use crate::request::{AltName, DistinguishedName, pem};

/// A signed certificate, whose signature was verified. Only the pipeline makes these.
///
/// ```no_run
/// # fn postsign(cert: &sapi::IssuedCertificate) {
/// println!("{} until {:?}", cert.serial(), cert.not_after());
/// # }
/// ```
#[derive(Clone)]
pub struct IssuedCertificate {
    der: Vec<u8>,
    pem: String,
    serial: SerialNumber,
    subject: DistinguishedName,
    names: Vec<AltName>,
    not_before: SystemTime,
    not_after: SystemTime,
    issuer: Arc<Issuer>,
}

impl IssuedCertificate {
    /// `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }`
    pub(crate) fn assemble(
        tbs: Tbs,
        issuer: &Arc<Issuer>,
        signature: &[u8],
    ) -> Result<Self, der::Error> {
        let mut out = DerWriter::with_capacity(tbs.der().len() + signature.len() + 64);
        out.nest(Tag::Sequence, |certificate| {
            certificate.raw(tbs.der());
            certificate.raw(issuer.algorithm().der);
            certificate.nest(Tag::BitString, |bits| {
                bits.raw(&[0]);
                bits.raw(signature);
                Ok(())
            })
        })?;
        let der = out.finish();
        let draft = tbs.into_draft();
        Ok(Self {
            pem: pem::write_block("CERTIFICATE", &der),
            der,
            serial: draft.serial,
            subject: draft.subject,
            names: draft.names,
            not_before: draft.not_before,
            not_after: draft.not_after,
            issuer: Arc::clone(issuer),
        })
    }

    /// The certificate as PEM.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) { print!("{}", cert.pem()); }
    /// ```
    #[must_use]
    #[doc(alias = "signed_x509_pem")]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The certificate as DER.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) { assert_eq!(cert.der()[0], 0x30); }
    /// ```
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The serial number.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) { println!("{}", cert.serial()); }
    /// ```
    #[must_use]
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// The subject.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) { println!("{}", cert.subject()); }
    /// ```
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// The alternative names.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) { println!("{}", cert.names().len()); }
    /// ```
    #[must_use]
    pub fn names(&self) -> &[AltName] {
        &self.names
    }

    /// When the certificate becomes valid.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) { let from = cert.not_before(); }
    /// ```
    #[must_use]
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// The last second of the certificate.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) { let until = cert.not_after(); }
    /// ```
    #[must_use]
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// The CA that signed it.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) { print!("{}", cert.issuer().chain_pem()); }
    /// ```
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The SHA-256 of the DER, as lower-case hex.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) { assert_eq!(cert.fingerprint().len(), 64); }
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(&Sha256::digest(&self.der))
    }

    /// The certificate as OpenSSL reads it. Each call parses it.
    ///
    /// # Errors
    ///
    /// OpenSSL's error, if it cannot read what it has signed.
    ///
    /// ```no_run
    /// # fn f(cert: &sapi::IssuedCertificate) -> Result<(), openssl::error::ErrorStack> {
    /// let text = cert.as_openssl()?.to_text()?;
    /// # Ok(()) }
    /// ```
    pub fn as_openssl(&self) -> Result<X509, ErrorStack> {
        X509::from_der(&self.der)
    }
}

impl fmt::Debug for IssuedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedCertificate")
            .field("serial", &self.serial)
            .field("subject", &self.subject)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
