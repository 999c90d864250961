//! The rollover from one CA to the next: it is prepared, verifiers learn of it, then it is activated.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::x509::{X509, X509Ref};

use super::bundle::{TrustBundle, publish};
use super::create::{NewIdentity, dates};
use super::error::LifeError;
use super::request::AuthorityRequest;
use crate::encoding::time::{from_openssl, to_openssl};
use crate::identity::authority::certificate::AuthorityCertificate;
use crate::identity::authority::error::CreateError;
use crate::identity::authority::judge;
use crate::identity::directory::durable::{make_directory, sync};
use crate::identity::directory::install::{Existing, Installed, exchange};
use crate::identity::directory::load::LoadedIdentity;
use crate::identity::directory::{files, load};
use crate::identity::error::IdentityError;
use crate::identity::passphrase::Passphrase;
use crate::request::KeyKind;

/// The key of the successor.
///
/// ```
/// use sapi::identity::SuccessorKey;
/// use sapi::KeyKind;
///
/// let new = SuccessorKey::New(KeyKind::P256);
/// let same = SuccessorKey::Same;
/// ```
#[derive(Clone, Copy, Debug)]
pub enum SuccessorKey {
    /// A new key.
    New(KeyKind),
    /// The same key, under a renewed certificate.
    Same,
}

/// The directory of a CA that gets a successor, and the folder where verifiers find what to trust.
///
/// ```no_run
/// use std::{path::Path, time::{Duration, UNIX_EPOCH}};
/// use sapi::identity::{Passphrase, Rollover, SuccessorKey};
/// use sapi::KeyKind;
///
/// let directory = Path::new("/var/lib/ca");
/// let rollover = Rollover { directory, publish: directory };
/// let passphrase = Passphrase::new(b"correct horse".to_vec())?;
/// let year = Duration::from_secs(365 * 24 * 3600);
/// rollover.prepare(&passphrase, SuccessorKey::New(KeyKind::P256), 10 * year, UNIX_EPOCH)?;
/// rollover.activate(&passphrase, UNIX_EPOCH)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rollover<'a> {
    /// The CA's directory. Its successor waits in `next` below it.
    pub directory: &'a Path,
    /// The folder for the trust bundle and the cross-certificates.
    pub publish: &'a Path,
}

/// A successor that is prepared but not active.
///
/// ```no_run
/// # fn f(prepared: &sapi::identity::Prepared) {
/// println!("{prepared:?}");
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Prepared {
    /// Its files.
    pub written: Vec<PathBuf>,
    /// The files for verifiers. Empty if an outside CA certifies the successor: verifiers trust that CA already.
    pub published: Vec<PathBuf>,
}

impl Rollover<'_> {
    /// Makes the successor of the identity, with the same subject and passphrase, and publishes what verifiers
    /// need to trust both.
    ///
    /// # Errors
    /// When a successor is prepared already, the identity cannot be used, or files cannot be written.
    ///
    /// ```no_run
    /// use std::time::{Duration, SystemTime};
    /// use sapi::identity::{IdentityError, Passphrase, Rollover, SuccessorKey};
    /// use sapi::KeyKind;
    ///
    /// # fn f(rollover: &Rollover<'_>, passphrase: &Passphrase, now: SystemTime) -> Result<(), IdentityError> {
    /// let years = Duration::from_secs(10 * 365 * 86_400);
    /// rollover.prepare(passphrase, SuccessorKey::New(KeyKind::P384), years, now)?;
    /// # Ok(()) }
    /// ```
    pub fn prepare(
        &self,
        passphrase: &Passphrase,
        key: SuccessorKey,
        validity: Duration,
        now: SystemTime,
    ) -> Result<Prepared, IdentityError> {
        let next = self.next();
        let waiting = files::existing(&next);
        if !waiting.is_empty() {
            return Err(LifeError::Waiting(next).into());
        }
        let current = load::load(self.directory, passphrase, now)?;
        make_directory(&next)?;
        // The files get the group of the CA's directory. If that fails, they are for their owner alone, as
        // with any new identity.
        let group = fs::metadata(self.directory).map(|directory| directory.gid());
        let _ = group.and_then(|group| chown(&next, None, Some(group)));
        let prepared = self.make(&current, passphrase, key, validity, now);
        if prepared.is_err() {
            // A successor that was not published must not be activated.
            for file in files::existing(&next) {
                let _ = fs::remove_file(file);
            }
            let _ = fs::remove_dir(&next);
        }
        prepared
    }

    /// Puts the successor into the identity's place, and publishes the bundle with the new CA first. The old
    /// files move into a dated folder.
    ///
    /// # Errors
    /// When no successor is prepared, it cannot sign now, or files cannot be moved.
    ///
    /// ```no_run
    /// # use std::time::SystemTime;
    /// # use sapi::identity::{IdentityError, Passphrase, Rollover};
    /// # fn f(rollover: &Rollover<'_>, passphrase: &Passphrase, now: SystemTime) -> Result<(), IdentityError> {
    /// rollover.activate(passphrase, now)?;
    /// # Ok(()) }
    /// ```
    pub fn activate(
        &self,
        passphrase: &Passphrase,
        now: SystemTime,
    ) -> Result<Installed, IdentityError> {
        let next = self.next();
        let names: Vec<_> = files::ALL
            .into_iter()
            .filter(|name| next.join(name).exists())
            .collect();
        if names.is_empty() {
            return Err(LifeError::NoSuccessor(next).into());
        }
        let successor = load::load(&next, passphrase, now)?;
        if let Some(warning) = successor.warnings.iter().find(|one| one.stops_signing()) {
            return Err(LifeError::CannotSign(warning.clone()).into());
        }
        if judge::self_issued(&successor.certificate) {
            let current = load::load_public(self.directory, now)?;
            TrustBundle::with_published(
                &[&successor.certificate, &current.certificate],
                self.publish,
                now,
            )?
            .publish(self.publish)
            .map_err(|error| LifeError::publish(self.publish, error))?;
        }
        let old = files::existing(self.directory);
        let installed = exchange(&next, self.directory, &names, old, now)?;
        // This fails if the folder contains other files, which are not ours to remove.
        let _ = fs::remove_dir(&next);
        sync(self.directory)?;
        Ok(installed)
    }

    fn next(&self) -> PathBuf {
        self.directory.join(files::NEXT)
    }

    fn make(
        &self,
        current: &LoadedIdentity,
        passphrase: &Passphrase,
        key: SuccessorKey,
        validity: Duration,
        now: SystemTime,
    ) -> Result<Prepared, IdentityError> {
        let subject = current.certificate.subject_name();
        let next_key = match key {
            SuccessorKey::New(kind) => kind.generate().map_err(CreateError::from)?,
            SuccessorKey::Same => current.key.clone(),
        };
        let keep = Existing::Keep;
        if !judge::self_issued(&current.certificate) {
            let request = AuthorityRequest::of(subject, next_key)?;
            let installed = request.install(&self.next(), passphrase, keep, now)?;
            return Ok(Prepared {
                written: installed.written,
                published: Vec::new(),
            });
        }
        let dates = dates(validity, now)?;
        let certificate = match key {
            SuccessorKey::New(_) => {
                AuthorityCertificate::of(subject, &next_key)?.limited_like(&current.certificate)?
            }
            SuccessorKey::Same => AuthorityCertificate::again(&current.certificate)?,
        }
        .self_signed(&next_key, &dates)?;
        let successor = NewIdentity::of(next_key, certificate)?;
        let mut publications = Vec::new();
        if matches!(key, SuccessorKey::New(_)) {
            publications = cross(current, &successor, &dates.0)?;
        }
        let known = [&current.certificate, successor.certificate()];
        let bundle = TrustBundle::with_published(&known, self.publish, now)?;
        let installed = successor.install(&self.next(), passphrase, keep, now)?;
        let mut published = Vec::new();
        for (name, certificate) in publications {
            publish(self.publish, name, &[certificate])
                .map_err(|error| LifeError::publish(self.publish, error))?;
            published.push(self.publish.join(name));
        }
        bundle
            .publish(self.publish)
            .map_err(|error| LifeError::publish(self.publish, error))?;
        published.push(self.publish.join(files::BUNDLE));
        Ok(Prepared {
            written: installed.written,
            published,
        })
    }
}

/// Lets each CA certify the other, for verifiers that know only one (RFC 4210 section 4.4.1). Both have the
/// same subject, so these are self-issued, and a path length of 0 allows them (RFC 5280 section 4.2.1.9).
fn cross(
    current: &LoadedIdentity,
    successor: &NewIdentity,
    begin: &Asn1TimeRef,
) -> Result<Vec<(&'static str, X509)>, CreateError> {
    let (old, new) = (&current.certificate, successor.certificate());
    let end = if old.not_after() < new.not_after() {
        old.not_after()
    } else {
        new.not_after()
    };
    // A CA that has ended cannot certify another, and does not need a certificate.
    if *old.not_after() <= *new.not_before() {
        return Ok(Vec::new());
    }
    let dates = (copy(begin)?, copy(end)?);
    let certify = |below: &X509Ref, above: &X509Ref, key| {
        AuthorityCertificate::again(below)?.signed_by(above, key, &dates)
    };
    Ok(vec![
        (files::NEW_BY_OLD, certify(new, old, &current.key)?),
        (files::OLD_BY_NEW, certify(old, new, successor.key())?),
    ])
}

fn copy(time: &Asn1TimeRef) -> Result<Asn1Time, CreateError> {
    to_openssl(from_openssl(time)?).map_err(|_| CreateError::TooLong)
}
