//! The checks that a certificate must pass before the client accepts it.

use std::fmt;
use std::time::SystemTime;

use openssl::x509::X509;
use sapi::AltName;

use crate::anchors::Anchors;
use crate::credential::{Credential, certificates, names};
use crate::enrolment::Enrolment;
use crate::pem::PemError;
use crate::time::shown;

/// Joins an answer with its key, if every check passes.
pub(crate) fn accept(
    enrolment: &Enrolment,
    wanted: &[AltName],
    (leaf, chain): (&str, &str),
    anchors: &Anchors,
    now: SystemTime,
) -> Result<Credential, CheckError> {
    let mut leaf = certificates(leaf.as_bytes())?;
    let certificate = match (leaf.pop(), leaf.is_empty()) {
        (Some(certificate), true) => certificate,
        _ => return Err(PemError("expected exactly one certificate").into()),
    };
    let chain = certificates(chain.as_bytes())?;
    let credential = Credential::new(enrolment.key().clone(), certificate, chain)?;
    check(&credential, wanted, anchors, now)?;
    Ok(credential)
}

/// Checks that a credential has the wanted names, is valid now and comes from a trusted CA.
pub(crate) fn check(
    credential: &Credential,
    wanted: &[AltName],
    anchors: &Anchors,
    now: SystemTime,
) -> Result<(), CheckError> {
    let granted = names(credential.certificate());
    let missing: Vec<AltName> = wanted
        .iter()
        .filter(|name| !granted.contains(name))
        .cloned()
        .collect();
    if !missing.is_empty() {
        return Err(CheckError::Missing { names: missing });
    }
    if now < credential.not_before() {
        return Err(CheckError::NotYet {
            begin: credential.not_before(),
            now,
        });
    }
    if credential.not_after() <= now {
        return Err(CheckError::Ended {
            end: credential.not_after(),
            now,
        });
    }
    chain(credential.certificate(), credential.chain(), anchors, now)
}

fn chain(
    leaf: &X509,
    between: &[X509],
    anchors: &Anchors,
    now: SystemTime,
) -> Result<(), CheckError> {
    anchors
        .verify(leaf, between, now)
        .map_err(|why| CheckError::OtherAuthority { why })
}

/// Why a certificate is not accepted.
///
/// ```
/// # fn f(error: sapi_client::CheckError) {
/// if error.is_about_time() {
///     eprintln!("is the clock right? {error}");
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckError {
    /// It is not a certificate, or it is for another key.
    Malformed {
        /// What is wrong.
        why: String,
    },
    /// It lacks names that were asked for.
    Missing {
        /// Which.
        names: Vec<AltName>,
    },
    /// It begins later than now, by this machine's clock.
    NotYet {
        /// When it begins.
        begin: SystemTime,
        /// The clock.
        now: SystemTime,
    },
    /// It ends before now, by this machine's clock.
    Ended {
        /// When it ends.
        end: SystemTime,
        /// The clock.
        now: SystemTime,
    },
    /// A trusted CA did not issue it.
    OtherAuthority {
        /// What the verification says.
        why: String,
    },
}

impl CheckError {
    /// Whether the same certificate may be accepted at another time.
    ///
    /// ```
    /// # fn f(error: sapi_client::CheckError) {
    /// assert!(error.is_about_time());
    /// # }
    /// ```
    #[must_use]
    pub fn is_about_time(&self) -> bool {
        matches!(self, Self::NotYet { .. } | Self::Ended { .. })
    }
}

impl From<PemError> for CheckError {
    fn from(error: PemError) -> Self {
        Self::Malformed {
            why: error.to_string(),
        }
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { why } => write!(f, "certificate: {why}"),
            Self::Missing { names } => {
                let names: Vec<_> = names.iter().map(AltName::to_string).collect();
                write!(
                    f,
                    "certificate: it lacks {}, which was asked for",
                    names.join(", ")
                )
            }
            Self::NotYet { begin, now } => write!(
                f,
                "certificate: it begins at {}, and this machine's clock says {}: set the clock",
                shown(*begin),
                shown(*now)
            ),
            Self::Ended { end, now } => write!(
                f,
                "certificate: it ended at {}, and this machine's clock says {}",
                shown(*end),
                shown(*now)
            ),
            Self::OtherAuthority { why } => {
                write!(
                    f,
                    "certificate: it is not from the trusted certificate authority: {why}"
                )
            }
        }
    }
}

impl std::error::Error for CheckError {}
