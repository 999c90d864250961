//! The certificate that an outside CA signed for ours.

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use openssl::pkey::{PKeyRef, Private};
use openssl::x509::X509;

use super::error::LifeError;
use crate::identity::authority::error::CreateError;
use crate::identity::authority::judge;
use crate::identity::authority::judge::{AuthorityFault, AuthorityWarning};
use crate::identity::directory::files::Files;
use crate::identity::directory::install::{Existing, Installed, install};
use crate::identity::directory::{files, load};
use crate::identity::error::IdentityError;
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
    ) -> Result<Self, IdentityError> {
        Ok(Self::found(pem, directory, passphrase, now)?)
    }

    fn found(
        pem: &[u8],
        directory: &Path,
        passphrase: &Passphrase,
        now: SystemTime,
    ) -> Result<Self, LifeError> {
        let given = read(pem)?;
        let key = load::load_key(directory, passphrase)?;
        let (certificate, mut others) = take_own(given, &key)?;
        load::check_pair(&key, &certificate, "the certificate")?;
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
            return Err(LifeError::NotInChain(subject(stranger)));
        }
        judge::check_chain(&certificate, &chain).map_err(unfit(&certificate))?;
        check_path_lengths(&chain)?;
        for one in std::iter::once(&certificate).chain(&chain) {
            if let Some(warning) = judge::dates(one, now) {
                return Err(LifeError::Dates(subject(one), warning));
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
    /// # fn f(outside: &OutsideCertificate, now: SystemTime) -> Result<(), sapi::identity::IdentityError> {
    /// outside.install(Path::new("/var/lib/ca"), Existing::Keep, now)?;
    /// # Ok(()) }
    /// ```
    pub fn install(
        &self,
        directory: &Path,
        existing: Existing,
        now: SystemTime,
    ) -> Result<Installed, IdentityError> {
        let pem = |certificate: &X509| certificate.to_pem().map_err(CreateError::from);
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
        let replaced = &files::CERTIFICATES;
        Ok(install(directory, &files, replaced, existing, now)?)
    }
}

fn read(pem: &[u8]) -> Result<Vec<X509>, LifeError> {
    if files::holds_encrypted(pem) {
        return Err(LifeError::NoCertificate);
    }
    match X509::stack_from_pem(pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(LifeError::NoCertificate),
    }
}

/// The one certificate of the key, and the rest.
fn take_own(given: Vec<X509>, key: &PKeyRef<Private>) -> Result<(X509, Vec<X509>), LifeError> {
    let is_own = |one: &X509| one.public_key().is_ok_and(|public| public.public_eq(key));
    let (own, others): (Vec<_>, Vec<_>) = given.into_iter().partition(is_own);
    let mut own = own.into_iter();
    match (own.next(), own.next()) {
        (Some(certificate), None) => Ok((certificate, others)),
        (None, _) => Err(LifeError::OtherKey),
        (Some(_), Some(_)) => Err(LifeError::Several),
    }
}

/// What a path length counts: the CAs below, those that certify themselves apart (RFC 5280 section 4.2.1.9).
fn check_path_lengths(chain: &[X509]) -> Result<(), LifeError> {
    let mut below = 1;
    for one in chain {
        if one.pathlen().is_some_and(|longest| longest < below) {
            return Err(LifeError::PathLength(subject(one)));
        }
        below += u32::from(!judge::self_issued(one));
    }
    Ok(())
}

fn unfit(certificate: &X509) -> impl Fn(AuthorityFault) -> LifeError {
    let subject = subject(certificate);
    move |fault| LifeError::Unfit(subject.clone(), fault)
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
