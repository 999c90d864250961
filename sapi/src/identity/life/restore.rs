//! Restores an identity from its backup.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

use openssl::cms::CmsContentInfo;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::backup::{FOLDER, SUMS};
use super::error::LifeError;
use crate::encoding::hex::hex;
use crate::identity::directory::durable::make_directory;
use crate::identity::directory::error::InstallError;
use crate::identity::directory::files::Files;
use crate::identity::directory::install::{Installed, exchange};
use crate::identity::directory::load::LoadError;
use crate::identity::directory::staging::Staging;
use crate::identity::directory::{files, load};
use crate::identity::error::IdentityError;
use crate::identity::key::private;
use crate::identity::key::private::PrivateKeyError;
use crate::identity::passphrase::Passphrase;

/// The files of a backup in memory. [`Restore::install`] writes them.
///
/// ```no_run
/// use std::{fs, path::Path, time::UNIX_EPOCH};
/// use sapi::identity::{Passphrase, Restore};
///
/// let passphrase = Passphrase::new(b"correct horse".to_vec())?;
/// let restore = Restore::from_archive(&fs::read("ca-backup.tar")?)?;
/// restore.install(Path::new("/var/lib/ca"), &passphrase, UNIX_EPOCH)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Restore(Files);

impl Restore {
    /// Opens an encrypted backup, in PEM or DER, with the key of one of its recipients.
    ///
    /// # Errors
    /// When it is not a backup, not for this recipient, or damaged.
    ///
    /// ```no_run
    /// use std::fs;
    /// use sapi::identity::Restore;
    /// use sapi::openssl::{pkey::{PKey, Private}, x509::X509};
    ///
    /// # fn f(recipient: &X509, key: &PKey<Private>) -> Result<(), sapi::BoxError> {
    /// let restore = Restore::open(&fs::read("ca-backup.pem")?, recipient, key)?;
    /// # Ok(()) }
    /// ```
    pub fn open(
        backup: &[u8],
        recipient: &X509,
        key: &PKey<Private>,
    ) -> Result<Self, IdentityError> {
        let cms = if is_pem(backup) {
            CmsContentInfo::from_pem(backup)
        } else {
            CmsContentInfo::from_der(backup)
        };
        let cms = cms.map_err(|_| LifeError::NoBackup)?;
        let archive = cms.decrypt(key, recipient);
        let archive = Zeroizing::new(archive.map_err(|_| LifeError::NotForRecipient)?);
        Self::from_archive(&archive)
    }

    /// Whether a file is an encrypted backup, and not an archive that is already decrypted.
    ///
    /// ```
    /// assert!(!sapi::identity::Restore::is_encrypted(b"neither PEM nor DER"));
    /// ```
    #[must_use]
    pub fn is_encrypted(backup: &[u8]) -> bool {
        is_pem(backup) || CmsContentInfo::from_der(backup).is_ok()
    }

    /// Reads the archive in a backup. It must contain only an identity's files, each once and unchanged.
    ///
    /// # Errors
    /// When it is not such an archive, contains other files, or was altered.
    ///
    /// ```
    /// assert!(sapi::identity::Restore::from_archive(b"no archive").is_err());
    /// ```
    pub fn from_archive(archive: &[u8]) -> Result<Self, IdentityError> {
        Ok(Self::unpacked(archive)?)
    }

    fn unpacked(archive: &[u8]) -> Result<Self, LifeError> {
        let unreadable = |_| LifeError::NoBackup;
        let mut found = Files::new();
        let mut sums = None;
        for entry in tar::Archive::new(archive).entries().map_err(unreadable)? {
            let mut entry = entry.map_err(unreadable)?;
            let path = entry.path().map_err(unreadable)?.into_owned();
            let path = path.strip_prefix(FOLDER).unwrap_or(&path);
            let stranger = || LifeError::NotOfABackup(path.display().to_string());
            if entry.size() > MAX_LEN || !entry.header().entry_type().is_file() {
                return Err(stranger());
            }
            let mut content = Zeroizing::new(Vec::with_capacity(MAX_LEN as usize));
            entry.read_to_end(&mut content).map_err(unreadable)?;
            if path == Path::new(SUMS) {
                sums = Some(String::from_utf8_lossy(&content).into_owned());
                continue;
            }
            let known = files::ALL.into_iter().find(|name| path == Path::new(name));
            let name = known.ok_or_else(stranger)?;
            if found.iter().any(|(before, _)| *before == name) {
                return Err(stranger());
            }
            found.push((name, content));
        }
        if !found.iter().any(|(name, _)| *name == files::PRIVATE_KEY) {
            return Err(LifeError::NoBackup);
        }
        check_sums(&found, &sums.ok_or(LifeError::NoBackup)?)?;
        Ok(Self(found))
    }

    /// Checks the identity as the service does at its start, and writes it into `directory`, which must not
    /// contain an identity.
    ///
    /// # Errors
    /// When an identity exists, the passphrase is wrong, the files do not fit together, or they cannot be
    /// written.
    ///
    /// ```no_run
    /// use std::{path::Path, time::SystemTime};
    /// use sapi::identity::{IdentityError, Passphrase, Restore};
    ///
    /// # fn f(restore: &Restore, passphrase: &Passphrase, now: SystemTime) -> Result<(), IdentityError> {
    /// restore.install(Path::new("/var/lib/ca"), passphrase, now)?;
    /// # Ok(()) }
    /// ```
    pub fn install(
        &self,
        directory: &Path,
        passphrase: &Passphrase,
        now: SystemTime,
    ) -> Result<Installed, IdentityError> {
        let found = files::existing(directory);
        if !found.is_empty() {
            return Err(InstallError::Exists { found }.into());
        }
        make_directory(directory)?;
        let staging = Staging::new(directory, &self.0)?;
        self.check(staging.path(), passphrase, now)
            .map_err(LifeError::NotRestored)?;
        let names: Vec<_> = self.0.iter().map(|(name, _)| *name).collect();
        Ok(exchange(
            staging.path(),
            directory,
            &names,
            Vec::new(),
            now,
        )?)
    }

    fn check(
        &self,
        staging: &Path,
        passphrase: &Passphrase,
        now: SystemTime,
    ) -> Result<(), LoadError> {
        let holds = |name: &&str| self.0.iter().any(|(found, _)| found == name);
        if files::CERTIFICATES.iter().any(holds) {
            load::load_pair(staging, passphrase, now).map(|_| ())
        } else {
            load::load_key(staging, passphrase).map(|_| ())
        }
    }
}

fn is_pem(backup: &[u8]) -> bool {
    // Only the beginning counts: an archive contains PEM too, in its files.
    backup.trim_ascii_start().starts_with(b"-----BEGIN ")
}

fn check_sums(found: &Files, sums: &str) -> Result<(), LifeError> {
    let mut lines: Vec<_> = sums.lines().collect();
    for (name, content) in found {
        let sum = hex(&Sha256::digest(content.as_slice()));
        let line = format!("{sum}  {name}");
        match lines.iter().position(|listed| *listed == line) {
            Some(place) => lines.swap_remove(place),
            None => return Err(LifeError::Damaged((*name).to_owned())),
        };
    }
    match lines.first() {
        Some(missing) => Err(LifeError::Damaged((*missing).to_owned())),
        None => Ok(()),
    }
}

/// Reads the key of a recipient in PEM, plain or locked. It calls `passphrase` only for a locked key.
///
/// ```
/// use sapi::identity::{IdentityError, recipient_key};
/// use sapi::openssl::pkey::PKey;
///
/// let key = PKey::generate_ed25519()?;
/// let pem = key.private_key_to_pem_pkcs8()?;
/// let read = recipient_key::<IdentityError>(&pem, || unreachable!("it is not locked"))?;
/// assert!(read.public_eq(&key));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When there is no key, or the passphrase cannot be had or is wrong.
pub fn recipient_key<E: From<IdentityError>>(
    pem: &[u8],
    passphrase: impl FnOnce() -> Result<Passphrase, E>,
) -> Result<PKey<Private>, E> {
    match private::check_locked(pem) {
        Ok(()) => Ok(private::decrypt(pem, &passphrase()?).map_err(IdentityError::from)?),
        Err(PrivateKeyError::NotEncrypted) => PKey::private_key_from_pem(pem)
            .map_err(|_| IdentityError::from(PrivateKeyError::NoKey).into()),
        Err(error) => Err(IdentityError::from(error).into()),
    }
}

/// The largest size of a file of an identity.
const MAX_LEN: u64 = 256 * 1024;

impl fmt::Debug for Restore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|(name, _)| name).collect();
        f.debug_tuple("Restore").field(&names).finish()
    }
}
