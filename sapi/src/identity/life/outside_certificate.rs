//! The certificate that an outside CA signed for ours.

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use openssl::pkey::{PKeyRef, Private};
use openssl::x509::X509;

use super::create::Files;
use crate::identity::authority::judge;
use crate::identity::authority::judge::{AuthorityFault, AuthorityWarning};
use crate::identity::directory::install::{Existing, InstallError, Installed, install};
use crate::identity::directory::load::IdentityError;
use crate::identity::directory::{files, load};
use crate::identity::passphrase::Passphrase;

/// A checked certificate for the key that waits in a directory, with the certificates above it.
///
/// ```no_run
/// use std::{fs, path::Path, time::UNIX_EPOCH};
/// use sapi::identity::{Existing, OutsideCertificate, Passphrase};
///
/// let directory = Path::new("/var/lib/ca");
/// let passphrase = Passphrase::new(b"correct horse".to_vec())?;
/// let pem = fs::read("from-the-root.pem")?;
/// let outside = OutsideCertificate::find(&pem, directory, &passphrase, UNIX_EPOCH)?;
/// outside.install(directory, Existing::Keep, UNIX_EPOCH)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct OutsideCertificate {
    certificate: X509,
    chain: Vec<X509>,
    warnings: Vec<AuthorityWarning>,
}

impl OutsideCertificate {
    /// Finds the CA's certificate in `pem` by the key in `directory`, and orders the others into the chain
    /// above it. The chain may end before the root.
    ///
    /// # Errors
    /// When no certificate or more than one belongs to the key, when one does not belong to the chain, when
    /// the CA's certificate may not sign, or when a certificate is not valid at `now`.
    ///
    /// ```no_run
    /// use std::{fs, path::Path, time::SystemTime};
    /// use sapi::identity::{OutsideCertificate, Passphrase};
    ///
    /// # fn f(passphrase: &Passphrase, now: SystemTime) -> Result<(), sapi::BoxError> {
    /// let pem = fs::read("from-the-root.pem")?;
    /// let outside = OutsideCertificate::find(&pem, Path::new("/var/lib/ca"), passphrase, now)?;
    /// # Ok(()) }
    /// ```
    pub fn find(
        pem: &[u8],
        directory: &Path,
        passphrase: &Passphrase,
        now: SystemTime,
    ) -> Result<Self, OutsideCertificateError> {
        let given = read(pem)?;
        let key = load::load_key(directory, passphrase).map_err(OutsideCertificateError::Key)?;
        let (certificate, mut others) = take_own(given, &key)?;
        load::check_pair(&key, &certificate, "the certificate")
            .map_err(OutsideCertificateError::Key)?;
        let warnings = judge::check(&certificate, now).map_err(unfit(&certificate))?;
        let mut chain: Vec<X509> = Vec::new();
        loop {
            let top = chain.last().unwrap_or(&certificate);
            let above = |other: &X509| {
                judge::same_name(top.issuer_name(), other.subject_name())
                    && judge::signed_by(top, other)
            };
            if judge::self_issued(top) && judge::signed_by(top, top) {
                break;
            }
            let Some(place) = others.iter().position(above) else {
                break;
            };
            chain.push(others.swap_remove(place));
        }
        if let Some(stranger) = others.first() {
            return Err(OutsideCertificateError::Stranger(subject(stranger)));
        }
        judge::check_chain(&certificate, &chain).map_err(unfit(&certificate))?;
        check_path_lengths(&chain)?;
        for one in std::iter::once(&certificate).chain(&chain) {
            if let Some(warning) = judge::dates(one, now) {
                return Err(OutsideCertificateError::Dates(subject(one), warning));
            }
        }
        Ok(Self {
            certificate,
            chain,
            warnings,
        })
    }

    /// The CA's certificate.
    ///
    /// ```no_run
    /// # fn f(outside: &sapi::identity::OutsideCertificate) {
    /// println!("{:?}", outside.certificate().subject_name());
    /// # }
    /// ```
    #[must_use]
    pub fn certificate(&self) -> &X509 {
        &self.certificate
    }

    /// The certificates above it, nearest first.
    ///
    /// ```no_run
    /// # fn f(outside: &sapi::identity::OutsideCertificate) {
    /// println!("{} above it", outside.chain().len());
    /// # }
    /// ```
    #[must_use]
    pub fn chain(&self) -> &[X509] {
        &self.chain
    }

    /// What is odd about the CA's certificate that can be used all the same.
    ///
    /// ```no_run
    /// # fn f(outside: &sapi::identity::OutsideCertificate) {
    /// for warning in outside.warnings() { eprintln!("{warning}"); }
    /// # }
    /// ```
    #[must_use]
    pub fn warnings(&self) -> &[AuthorityWarning] {
        &self.warnings
    }

    /// Whether the chain ends in a root.
    ///
    /// ```no_run
    /// # fn f(outside: &sapi::identity::OutsideCertificate) {
    /// if !outside.reaches_root() { eprintln!("clients need the rest of the chain"); }
    /// # }
    /// ```
    #[must_use]
    pub fn reaches_root(&self) -> bool {
        judge::self_issued(self.chain.last().unwrap_or(&self.certificate))
    }

    /// Writes `ca.cert.pem` and `ca.chain.pem`. `existing` says whether old certificates stay or move aside.
    ///
    /// # Errors
    /// When a certificate exists and must be kept, or the files cannot be written.
    ///
    /// ```no_run
    /// use std::{path::Path, time::SystemTime};
    /// use sapi::identity::{Existing, OutsideCertificate};
    ///
    /// # fn f(outside: &OutsideCertificate, now: SystemTime) -> Result<(), sapi::identity::InstallError> {
    /// outside.install(Path::new("/var/lib/ca"), Existing::Keep, now)?;
    /// # Ok(()) }
    /// ```
    pub fn install(
        &self,
        directory: &Path,
        existing: Existing,
        now: SystemTime,
    ) -> Result<Installed, InstallError> {
        let pem = |certificate: &X509| {
            let pem = certificate.to_pem();
            pem.map_err(|error| InstallError::Create(error.into()))
        };
        let mut files: Files = Vec::new();
        if !self.chain.is_empty() {
            let mut content = Vec::new();
            for one in &self.chain {
                content.extend(pem(one)?);
            }
            files.push((files::CHAIN, content.into()));
        }
        // It comes last, because it makes the others an identity.
        files.push((files::CERTIFICATE, pem(&self.certificate)?.into()));
        install(directory, &files, &files::CERTIFICATES, existing, now)
    }
}

fn read(pem: &[u8]) -> Result<Vec<X509>, OutsideCertificateError> {
    if files::holds_encrypted(pem) {
        return Err(OutsideCertificateError::NoCertificate);
    }
    match X509::stack_from_pem(pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(OutsideCertificateError::NoCertificate),
    }
}

/// Returns the one certificate that belongs to the key, and the rest.
fn take_own(
    given: Vec<X509>,
    key: &PKeyRef<Private>,
) -> Result<(X509, Vec<X509>), OutsideCertificateError> {
    let is_own = |one: &X509| one.public_key().is_ok_and(|public| public.public_eq(key));
    let (own, others): (Vec<_>, Vec<_>) = given.into_iter().partition(is_own);
    let mut own = own.into_iter();
    match (own.next(), own.next()) {
        (Some(certificate), None) => Ok((certificate, others)),
        (None, _) => Err(OutsideCertificateError::OtherKey),
        (Some(_), Some(_)) => Err(OutsideCertificateError::Several),
    }
}

/// A path length counts the CAs below, without those that certify themselves (RFC 5280 section 4.2.1.9).
fn check_path_lengths(chain: &[X509]) -> Result<(), OutsideCertificateError> {
    let mut below = 1;
    for one in chain {
        if one.pathlen().is_some_and(|longest| longest < below) {
            return Err(OutsideCertificateError::PathLength(subject(one)));
        }
        below += u32::from(!judge::self_issued(one));
    }
    Ok(())
}

fn unfit(certificate: &X509) -> impl Fn(AuthorityFault) -> OutsideCertificateError {
    let subject = subject(certificate);
    move |fault| OutsideCertificateError::Unfit(subject.clone(), fault)
}

fn subject(certificate: &X509) -> String {
    super::check::readable(certificate.subject_name())
}

impl fmt::Debug for OutsideCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutsideCertificate")
            .field("subject", &self.certificate.subject_name())
            .field("chain", &self.chain.len())
            .field("warnings", &self.warnings)
            .finish()
    }
}

/// Why an outside certificate was not put in place.
///
/// ```
/// use std::{path::Path, time::UNIX_EPOCH};
/// use sapi::identity::{OutsideCertificate, Passphrase};
///
/// let passphrase = Passphrase::new(b"correct horse".to_vec())?;
/// let found = OutsideCertificate::find(b"no PEM", Path::new("/nonexistent"), &passphrase, UNIX_EPOCH);
/// println!("{}", found.unwrap_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum OutsideCertificateError {
    /// The text does not contain a certificate in PEM.
    NoCertificate,
    /// The waiting key cannot be used.
    Key(IdentityError),
    /// No certificate belongs to the key.
    OtherKey,
    /// Several certificates belong to the key.
    Several,
    /// The certificate of this subject is not part of the chain.
    Stranger(String),
    /// The certificate of this subject, or its chain, is not fit.
    Unfit(String, AuthorityFault),
    /// The certificate of this subject does not allow a CA so far below it.
    PathLength(String),
    /// The certificate of this subject is not valid now.
    Dates(String, AuthorityWarning),
}

impl fmt::Display for OutsideCertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str(
                "no certificate in PEM; one in DER becomes PEM with: openssl x509 -inform DER -in FILE",
            ),
            Self::Key(error) => error.fmt(f),
            Self::OtherKey => write!(
                f,
                "no certificate of the key in {}; was it made from another {}?",
                files::PRIVATE_KEY,
                files::REQUEST
            ),
            Self::Several => write!(
                f,
                "several certificates of the key in {}; give one, and those above it",
                files::PRIVATE_KEY
            ),
            Self::Stranger(subject) => write!(
                f,
                "{subject}: not the issuer of any certificate given; leave it out"
            ),
            Self::Unfit(subject, fault) => write!(f, "{subject}: {fault}"),
            Self::PathLength(subject) => write!(
                f,
                "{subject}: its path length allows no CA so far below it; ask for another certificate"
            ),
            Self::Dates(subject, warning) => write!(f, "{subject}: {warning}"),
        }
    }
}

impl std::error::Error for OutsideCertificateError {}
