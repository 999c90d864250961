//! The judge of CA certificates: it decides whether a certificate may be a CA's.

use std::fmt;
use std::time::SystemTime;

use openssl::nid::Nid;
use openssl::x509::{X509, X509NameRef, X509Ref};
use thiserror::Error;

use super::extensions::AuthorityExtensions;
use crate::encoding::time::{from_openssl, whole_seconds};

/// Checks that `certificate` is a CA's. It returns warnings about what is odd but usable.
pub(crate) fn check(
    certificate: &X509Ref,
    now: SystemTime,
) -> Result<Vec<AuthorityWarning>, AuthorityFault> {
    let mut warnings = form(certificate)?;
    warnings.extend(dates(certificate, now));
    Ok(warnings)
}

/// Checks everything but the dates.
fn form(certificate: &X509Ref) -> Result<Vec<AuthorityWarning>, AuthorityFault> {
    let mut warnings = Vec::new();
    let der = certificate
        .to_der()
        .map_err(|_| AuthorityFault::Unreadable)?;
    let extensions = AuthorityExtensions::read(&der).map_err(|_| AuthorityFault::Extensions)?;
    match extensions.ca {
        Some(true) => {}
        Some(false) => return Err(AuthorityFault::NotCa),
        // Version 1 does not have extensions; ssl_api made its roots like that. Only a self-signed
        // certificate of version 1 can be meant as a CA's (RFC 5280 section 4.2.1.9 forbids the rest).
        None if certificate.version() == 0 && self_issued(certificate) => {
            warnings.push(AuthorityWarning::VersionOne);
        }
        None => return Err(AuthorityFault::NotCa),
    }
    if extensions.may_sign == Some(false) {
        return Err(AuthorityFault::MayNotSign);
    }
    if weak_digest(certificate) {
        warnings.push(AuthorityWarning::WeakSignature);
    }
    if self_issued(certificate) && !signed_by(certificate, certificate) && !weak_digest(certificate)
    {
        return Err(AuthorityFault::BadSignature);
    }
    Ok(warnings)
}

/// Checks that each certificate of `chain` signed the one before it.
pub(crate) fn check_chain(certificate: &X509Ref, chain: &[X509]) -> Result<(), AuthorityFault> {
    let mut below = certificate;
    for (position, above) in chain.iter().enumerate() {
        let number = position + 1;
        let mismatch = !same_name(below.issuer_name(), above.subject_name());
        if mismatch || !signed_by(below, above) {
            return Err(AuthorityFault::Chain(number));
        }
        match form(above) {
            Ok(_) => below = above,
            Err(fault) => {
                return Err(AuthorityFault::Above(number, Box::new(fault)));
            }
        }
    }
    Ok(())
}

pub(crate) fn self_issued(certificate: &X509Ref) -> bool {
    same_name(certificate.issuer_name(), certificate.subject_name())
}

pub(crate) fn same_name(one: &X509NameRef, other: &X509NameRef) -> bool {
    one.try_cmp(other).is_ok_and(std::cmp::Ordering::is_eq)
}

pub(crate) fn signed_by(certificate: &X509Ref, issuer: &X509Ref) -> bool {
    issuer
        .public_key()
        .and_then(|key| certificate.verify(&key))
        .unwrap_or(false)
}

fn weak_digest(certificate: &X509Ref) -> bool {
    let algorithm = certificate.signature_algorithm().object().nid();
    algorithm
        .signature_algorithms()
        .is_some_and(|pair| matches!(pair.digest, Nid::SHA1 | Nid::MD5))
}

pub(crate) fn dates(certificate: &X509Ref, now: SystemTime) -> Option<AuthorityWarning> {
    let (begin, end) = (certificate.not_before(), certificate.not_after());
    // The issuer, which is made of the same certificate, refuses dates that cannot be read.
    if from_openssl(begin).ok()? > now {
        Some(AuthorityWarning::NotYetValid(begin.to_string()))
    } else if from_openssl(end).ok()? < whole_seconds(now) {
        Some(AuthorityWarning::Expired(end.to_string()))
    } else {
        None
    }
}

/// Why a certificate cannot be used as a CA's.
#[derive(Debug, Error)]
pub(crate) enum AuthorityFault {
    #[error("not a readable certificate")]
    Unreadable,
    #[error("malformed or repeated extensions")]
    Extensions,
    #[error("not a CA certificate: basicConstraints does not say CA:TRUE")]
    NotCa,
    #[error("may not sign certificates: keyUsage does not say keyCertSign")]
    MayNotSign,
    #[error("its own key did not make its signature")]
    BadSignature,
    /// The certificate at this place, counted from 1, did not sign the one before it.
    #[error("certificate {0} is not the issuer of the one below it")]
    Chain(usize),
    /// The certificate at this place, counted from 1, is not a CA's.
    #[error("certificate {0}: {1}")]
    Above(usize, Box<AuthorityFault>),
}

/// What is odd about a CA's certificate without making it useless.
///
/// ```
/// use sapi::identity::AuthorityWarning;
/// assert!(AuthorityWarning::WeakSignature.to_string().contains("SHA-1"));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AuthorityWarning {
    /// It expired at this time. The CA cannot sign.
    Expired(String),
    /// It is valid only from this time on. The CA cannot sign before.
    NotYetValid(String),
    /// It is an X.509 version 1 certificate, as ssl_api made them.
    VersionOne,
    /// It is signed with SHA-1 or MD5.
    WeakSignature,
    /// Its file contains more than one certificate. Only the first is used.
    SeveralCertificates,
}

impl AuthorityWarning {
    /// Whether the CA cannot sign until this is mended.
    ///
    /// ```
    /// use sapi::identity::AuthorityWarning;
    /// assert!(!AuthorityWarning::VersionOne.stops_signing());
    /// ```
    #[must_use]
    pub fn stops_signing(&self) -> bool {
        matches!(self, Self::Expired(_) | Self::NotYetValid(_))
    }
}

impl fmt::Display for AuthorityWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(end) => write!(f, "the CA's certificate expired on {end}"),
            Self::NotYetValid(start) => write!(f, "the CA's certificate is valid only from {start}"),
            Self::VersionOne => {
                f.write_str("an X.509 version 1 certificate, which many clients do not accept as a CA's")
            }
            Self::WeakSignature => f.write_str("signed with SHA-1 or MD5"),
            Self::SeveralCertificates => {
                f.write_str("contains several certificates; only the first is used, the rest belong in ca.chain.pem")
            }
        }
    }
}
