//! The certificate revocation list: its entries, the bytes to sign, and the signed list.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::time::SystemTime;

use der::Tag;
use der::asn1::UintRef;

use super::issuer::Issuer;
use super::serial::SerialNumber;
use crate::encoding::der_writer::DerWriter;
use crate::encoding::oids::{CRL_NUMBER, CRL_REASON};
use crate::encoding::tags::constructed;
use crate::encoding::time;
use crate::request::pem;

/// The content of a certificate revocation list (RFC 5280 section 5).
/// [`Identity::sign_revocation_list`](crate::Identity::sign_revocation_list) signs it.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sapi::{RevocationList, RevokedEntry, SerialNumber};
///
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
/// let list = RevocationList {
///     number: 1,
///     this_update: now,
///     next_update: now + Duration::from_secs(7 * 24 * 3600),
///     entries: vec![RevokedEntry {
///         serial: SerialNumber::from_be_bytes(&[7]).unwrap(),
///         revoked_at: now,
///         reason: 1,
///     }],
/// };
/// ```
#[derive(Clone, Debug)]
pub struct RevocationList {
    /// Its number, from 1. It must be greater than the number of any earlier list.
    pub number: u64,
    /// When it was made. It must not be before any of its entries.
    pub this_update: SystemTime,
    /// When the next list comes at the latest.
    pub next_update: SystemTime,
    /// The revoked certificates.
    pub entries: Vec<RevokedEntry>,
}

/// A revoked certificate.
///
/// ```
/// # let serial = sapi::SerialNumber::from_be_bytes(&[7]).unwrap();
/// let entry = sapi::RevokedEntry { serial, revoked_at: std::time::SystemTime::UNIX_EPOCH, reason: 0 };
/// ```
#[derive(Clone, Debug)]
pub struct RevokedEntry {
    /// Its serial number.
    pub serial: SerialNumber,
    /// When it was revoked.
    pub revoked_at: SystemTime,
    /// The number of the `CRLReason`. 0, unspecified, is not written (RFC 5280 section 5.3.1).
    pub reason: u8,
}

impl RevocationList {
    /// Writes the `TBSCertList`, version 2.
    pub(crate) fn write(&self, issuer: &Issuer) -> Result<Vec<u8>, ListFault> {
        self.check()?;
        let mut out = DerWriter::with_capacity(512 + 48 * self.entries.len());
        out.nest(Tag::Sequence, |tbs| {
            tbs.value(&1_u8)?;
            tbs.raw(issuer.algorithm().der);
            tbs.raw(issuer.subject_der());
            time::write(self.this_update, tbs)?;
            time::write(self.next_update, tbs)?;
            // An empty list is left out (RFC 5280 section 5.1.2.6).
            if !self.entries.is_empty() {
                tbs.nest(Tag::Sequence, |list| {
                    self.entries.iter().try_for_each(|entry| entry.write(list))
                })?;
            }
            tbs.nest(EXTENSIONS, |tagged| {
                tagged.nest(Tag::Sequence, |list| {
                    list.raw(issuer.authority_key_id());
                    let mut number = DerWriter::default();
                    number.value(&self.number)?;
                    list.extension(CRL_NUMBER, false, &number.finish())
                })
            })
        })?;
        Ok(out.finish())
    }

    fn check(&self) -> Result<(), ListFault> {
        if self.number == 0 {
            return Err(ListFault::Number);
        }
        if self.next_update <= self.this_update {
            return Err(ListFault::Dates);
        }
        let mut seen = HashSet::new();
        for entry in &self.entries {
            if entry.revoked_at > self.this_update {
                return Err(ListFault::Future(entry.serial.clone()));
            }
            // 7 is not used, and 8 is only for delta lists.
            if !matches!(entry.reason, 0..=6 | 9 | 10) {
                return Err(ListFault::Reason(entry.reason));
            }
            if !seen.insert(&entry.serial) {
                return Err(ListFault::Repeated(entry.serial.clone()));
            }
        }
        Ok(())
    }
}

impl RevokedEntry {
    fn write(&self, list: &mut DerWriter) -> der::Result<()> {
        list.nest(Tag::Sequence, |entry| {
            entry.value(&UintRef::new(self.serial.as_be_bytes())?)?;
            time::write(self.revoked_at, entry)?;
            if self.reason == 0 {
                return Ok(());
            }
            entry.nest(Tag::Sequence, |extensions| {
                let mut reason = DerWriter::default();
                reason.element(Tag::Enumerated, &[self.reason])?;
                extensions.extension(CRL_REASON, false, &reason.finish())
            })
        })
    }
}

/// A signed list, whose signature was verified.
///
/// ```no_run
/// # fn f(list: &sapi::SignedRevocationList) { print!("{}", list.pem()); }
/// ```
#[derive(Clone, Debug)]
pub struct SignedRevocationList {
    der: Vec<u8>,
}

impl SignedRevocationList {
    /// `CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }`
    pub(crate) fn assemble(
        tbs: &[u8],
        issuer: &Issuer,
        signature: &[u8],
    ) -> Result<Self, der::Error> {
        let mut out = DerWriter::with_capacity(tbs.len() + signature.len() + 64);
        out.nest(Tag::Sequence, |list| {
            list.raw(tbs);
            list.raw(issuer.algorithm().der);
            list.nest(Tag::BitString, |bits| {
                bits.raw(&[0]);
                bits.raw(signature);
                Ok(())
            })
        })?;
        Ok(Self { der: out.finish() })
    }

    /// The list as DER, as a distribution point serves it (RFC 5280 section 4.2.1.13).
    ///
    /// ```no_run
    /// # fn f(list: &sapi::SignedRevocationList) { let octets = list.der().len(); }
    /// ```
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The list as PEM.
    ///
    /// ```no_run
    /// # fn f(list: &sapi::SignedRevocationList) { print!("{}", list.pem()); }
    /// ```
    #[must_use]
    pub fn pem(&self) -> String {
        pem::write_block("X509 CRL", &self.der)
    }
}

/// `crlExtensions [0] EXPLICIT Extensions` (RFC 5280 section 5.1).
const EXTENSIONS: Tag = constructed(0);

/// Why a list was not signed.
///
/// ```
/// # fn f(error: sapi::RevocationListError) { println!("{error}"); }
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RevocationListError(#[from] ListFault);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ListFault {
    #[error("number: a revocation list is numbered from 1")]
    Number,
    #[error("next_update: is not after this_update")]
    Dates,
    #[error("certificate {0}: is revoked after the list was made")]
    Future(SerialNumber),
    #[error("reason {0}: is not a CRLReason for a full list")]
    Reason(u8),
    #[error("certificate {0}: is listed twice")]
    Repeated(SerialNumber),
    #[error(
        "the CA may not sign revocation lists: its keyUsage does not say cRLSign; ca_roll_identity --same-key makes a certificate that does"
    )]
    MayNotSign,
    #[error("the revocation list cannot be written: {0}")]
    Encoding(#[from] der::Error),
    #[error("the revocation list cannot be signed: {0}")]
    Signing(String),
}
