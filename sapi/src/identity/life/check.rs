//! Checks an identity, and gives the findings that `ca_check_identity` shows.

use std::path::Path;
use std::time::{Duration, SystemTime};

use openssl::hash::MessageDigest;
use openssl::x509::{X509, X509NameRef};

use crate::encoding::hex::hex;
use crate::encoding::printable::ascii;
use crate::encoding::time::{from_openssl, whole_seconds};
use crate::identity::authority::judge::AuthorityWarning;
use crate::identity::directory::load::PublicPart;
use crate::identity::directory::{files, load};
use crate::identity::passphrase::Passphrase;

/// How serious a finding is.
///
/// ```
/// use sapi::identity::Level;
/// assert_ne!(Level::Ok, Level::Fault);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, but somebody should look at it.
    Warning,
    /// It stops the service from starting or from signing.
    Fault,
}

/// One row of the table.
///
/// ```
/// # fn f(finding: &sapi::identity::Finding) {
/// println!("{}: {}", finding.item, finding.found);
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// The file or property.
    pub item: &'static str,
    /// What was found.
    pub found: String,
    /// How serious it is.
    pub level: Level,
}

/// Checks everything in `directory`. Without a passphrase, the key stays locked.
///
/// `leaf_validity` is how long the certificates of the CA are valid. If the CA ends in less than twice that
/// time, its successor is due.
///
/// ```
/// use std::{path::Path, time::{Duration, UNIX_EPOCH}};
/// use sapi::identity::{check, faults};
///
/// let findings = check(Path::new("/nonexistent"), None, Duration::ZERO, UNIX_EPOCH);
/// assert!(faults(&findings));
/// ```
#[must_use]
pub fn check(
    directory: &Path,
    passphrase: Option<&Passphrase>,
    leaf_validity: Duration,
    now: SystemTime,
) -> Vec<Finding> {
    let mut findings = vec![match files::check_directory(directory) {
        Ok(()) => ok("directory", directory.display().to_string()),
        Err(error) => fault("directory", error.to_string()),
    }];
    let public = load::load_public(directory, now);
    match &public {
        Ok(public) => {
            describe(public, &mut findings);
            findings.extend(check_end(&public.certificate, leaf_validity, now));
        }
        Err(error) => findings.push(fault("certificate", error.to_string())),
    }
    findings.push(check_key(directory, passphrase, public.as_ref().ok()));
    findings.push(check_public_key(directory, public.as_ref().ok()));
    findings.push(check_request(directory, public.as_ref().ok()));
    let next = directory.join(files::NEXT);
    if !files::existing(&next).is_empty() {
        findings.push(ok("successor", format!("prepared in {}", next.display())));
    }
    findings
}

/// Whether any finding is a fault.
///
/// ```
/// assert!(!sapi::identity::faults(&[]));
/// ```
#[must_use]
pub fn faults(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.level == Level::Fault)
}

fn describe(public: &PublicPart, findings: &mut Vec<Finding>) {
    let certificate = &public.certificate;
    findings.push(ok("certificate", public.name.to_owned()));
    findings.push(ok("subject", readable(certificate.subject_name())));
    findings.push(ok(
        "valid",
        format!(
            "{} to {}",
            certificate.not_before(),
            certificate.not_after()
        ),
    ));
    findings.push(ok("fingerprint", fingerprint(certificate)));
    for warning in &public.warnings {
        let level = if warning.stops_signing() {
            Level::Fault
        } else {
            Level::Warning
        };
        findings.push(Finding {
            item: subject_of(warning),
            found: warning.to_string(),
            level,
        });
    }
    findings.push(ok(
        "chain",
        match public.chain.len() {
            0 => "none".to_owned(),
            number => format!("{number} above the CA"),
        },
    ));
}

/// Warns if the CA ends too soon. A leaf signed now must end before the CA, and verifiers need as long again
/// to learn of the successor.
fn check_end(certificate: &X509, leaf_validity: Duration, now: SystemTime) -> Option<Finding> {
    let due = now
        .checked_add(leaf_validity.saturating_mul(2))
        .unwrap_or(now);
    let end = from_openssl(certificate.not_after()).ok()?;
    (end < whole_seconds(due)).then(|| {
        let days = leaf_validity.as_secs() / 86_400;
        warning(
            "valid",
            format!(
                "less than two lifetimes of its certificates ({days} days each) are left; \
                 ca_roll_identity prepares a successor"
            ),
        )
    })
}

fn check_key(
    directory: &Path,
    passphrase: Option<&Passphrase>,
    public: Option<&PublicPart>,
) -> Finding {
    const ITEM: &str = "private key";
    let Some(passphrase) = passphrase else {
        return match files::read_secret(directory) {
            Ok(_) => warning(ITEM, "not tested: no passphrase".to_owned()),
            Err(error) => fault(ITEM, error.to_string()),
        };
    };
    let tested = load::load_key(directory, passphrase).and_then(|key| {
        if let Some(public) = public {
            load::check_pair(&key, &public.certificate, public.name)?;
        }
        Ok(key)
    });
    match (tested, public) {
        (Ok(_), Some(_)) => ok(ITEM, "unlocked, signs for the certificate".to_owned()),
        (Ok(_), None) => warning(
            ITEM,
            "unlocked, but not compared with a certificate".to_owned(),
        ),
        (Err(error), _) => fault(ITEM, error.to_string()),
    }
}

fn check_public_key(directory: &Path, public: Option<&PublicPart>) -> Finding {
    compare("public key", directory, files::PUBLIC_KEY, public, |pem| {
        openssl::pkey::PKey::public_key_from_pem(pem).ok()
    })
}

fn check_request(directory: &Path, public: Option<&PublicPart>) -> Finding {
    compare("request", directory, files::REQUEST, public, |pem| {
        let request = openssl::x509::X509Req::from_pem(pem).ok()?;
        request.public_key().ok()
    })
}

/// Compares a file with the certificate. Both such files are for people; the service does not read them.
fn compare(
    item: &'static str,
    directory: &Path,
    name: &'static str,
    public: Option<&PublicPart>,
    read: impl Fn(&[u8]) -> Option<openssl::pkey::PKey<openssl::pkey::Public>>,
) -> Finding {
    if !directory.join(name).exists() {
        return ok(item, "not present, and not needed".to_owned());
    }
    let pem = match files::read_public(directory, name) {
        Ok(pem) => pem,
        Err(error) => return warning(item, error.to_string()),
    };
    let certified = public.and_then(|public| public.certificate.public_key().ok());
    match (read(&pem), certified) {
        (None, _) => warning(item, format!("{name}: not readable")),
        (Some(key), Some(certified)) if !key.public_eq(&certified) => {
            warning(item, format!("{name}: does not match the certificate"))
        }
        _ => ok(item, name.to_owned()),
    }
}

fn subject_of(warning: &AuthorityWarning) -> &'static str {
    if warning.stops_signing() {
        "valid"
    } else {
        "certificate"
    }
}

pub(crate) fn readable(name: &X509NameRef) -> String {
    let fields = name.entries().map(|entry| {
        let field = entry.object().nid().short_name().unwrap_or("?");
        let value = String::from_utf8_lossy(entry.data().as_slice());
        format!("{field}={}", ascii(&value))
    });
    fields.collect::<Vec<_>>().join(", ")
}

fn fingerprint(certificate: &X509) -> String {
    let digest = certificate.digest(MessageDigest::sha256());
    digest.map_or_else(|_| "unknown".to_owned(), |digest| hex(&digest))
}

fn ok(item: &'static str, found: String) -> Finding {
    Finding {
        item,
        found,
        level: Level::Ok,
    }
}

fn warning(item: &'static str, found: String) -> Finding {
    Finding {
        item,
        found,
        level: Level::Warning,
    }
}

fn fault(item: &'static str, found: String) -> Finding {
    Finding {
        item,
        found,
        level: Level::Fault,
    }
}
