//! A backup: the identity in one file that only chosen people can open.

use std::path::Path;
use std::time::SystemTime;
use std::{fmt, io};

use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::pkey::Id;
use openssl::stack::Stack;
use openssl::symm::Cipher;
use openssl::x509::X509;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::check::readable;
use super::error::LifeError;
use crate::encoding::hex::hex;
use crate::encoding::time::{from_openssl, unix, whole_seconds};
use crate::identity::directory::durable::Overwrite;
use crate::identity::directory::load::LoadError;
use crate::identity::directory::{durable, files, load};
use crate::identity::error::IdentityError;
use crate::identity::key::private;

/// The files of an identity as a tar archive, encrypted to the certificates of one or several people. Each of
/// them can open it alone. The format is CMS EnvelopedData (RFC 5652 section 6) in PEM.
///
/// The key in it is still locked with its passphrase.
///
/// ```no_run
/// use std::{fs, path::Path, time::UNIX_EPOCH};
/// use sapi::identity::Backup;
/// use sapi::openssl::x509::X509;
///
/// let alice = X509::from_pem(&fs::read("alice.pem")?)?;
/// let backup = Backup::make(Path::new("/var/lib/ca"), &[alice], UNIX_EPOCH)?;
/// backup.write(Path::new("ca-backup.pem"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Backup {
    pem: Vec<u8>,
    names: Vec<&'static str>,
}

impl Backup {
    /// Reads the identity in `directory` and encrypts it.
    ///
    /// # Errors
    /// When `recipients` is empty; when a recipient's key cannot encrypt or its certificate is not valid at
    /// `now`; when the identity cannot be read, or its key is not locked.
    ///
    /// ```no_run
    /// use std::{path::Path, time::SystemTime};
    /// use sapi::identity::Backup;
    /// use sapi::openssl::x509::X509;
    ///
    /// # fn f(alice: X509, bob: X509, now: SystemTime) -> Result<(), sapi::identity::IdentityError> {
    /// let backup = Backup::make(Path::new("/var/lib/ca"), &[alice, bob], now)?;
    /// # Ok(()) }
    /// ```
    pub fn make(
        directory: &Path,
        recipients: &[X509],
        now: SystemTime,
    ) -> Result<Self, IdentityError> {
        Ok(Self::encrypted(directory, recipients, now)?)
    }

    fn encrypted(
        directory: &Path,
        recipients: &[X509],
        now: SystemTime,
    ) -> Result<Self, LifeError> {
        let mut stack = Stack::new()?;
        for recipient in recipients {
            check_recipient(recipient, now)?;
            stack.push(recipient.clone())?;
        }
        if stack.is_empty() {
            return Err(LifeError::NoRecipient);
        }
        let found = read(directory, now)?;
        let archive = archive(&found, now).map_err(LifeError::Archive)?;
        let cms =
            CmsContentInfo::encrypt(&stack, &archive, Cipher::aes_256_cbc(), CMSOptions::BINARY)?;
        Ok(Self {
            pem: cms.to_pem()?,
            names: found.iter().map(|(name, _)| *name).collect(),
        })
    }

    /// The names of the files in it.
    ///
    /// ```no_run
    /// # fn f(backup: &sapi::identity::Backup) {
    /// assert!(backup.names().contains(&"ca.private_key.pem"));
    /// # }
    /// ```
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// Writes it into a new file that only its owner can read.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    ///
    /// ```no_run
    /// # fn f(backup: &sapi::identity::Backup) -> std::io::Result<()> {
    /// backup.write("ca-backup.pem".as_ref())?;
    /// # Ok(()) }
    /// ```
    pub fn write(&self, path: &Path) -> io::Result<()> {
        durable::write(path, &self.pem, 0o600, Overwrite::Never, |_| Ok(()))
    }
}

fn read(directory: &Path, now: SystemTime) -> Result<Contents, LifeError> {
    files::check_directory(directory)?;
    let key = files::read_secret(directory)?;
    private::check_locked(&key).map_err(LoadError::PrivateKey)?;
    let mut found: Contents = vec![(files::PRIVATE_KEY, key)];
    for name in files::ALL {
        if name != files::PRIVATE_KEY && directory.join(name).exists() {
            found.push((name, files::read_public(directory, name)?.into()));
        }
    }
    // An intermediate may still wait for its certificate.
    let waits = !files::CERTIFICATES
        .iter()
        .any(|name| directory.join(name).exists());
    if !waits {
        load::load_public(directory, now)?;
    }
    Ok(found)
}

type Contents = Vec<(&'static str, Zeroizing<Vec<u8>>)>;

/// Makes an archive that plain `tar` unpacks, with checksums that `sha256sum --check` reads.
fn archive(found: &Contents, now: SystemTime) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut sums = String::new();
    for (name, content) in found {
        let sum = hex(&Sha256::digest(content.as_slice()));
        sums.push_str(&format!("{sum}  {name}\n"));
    }
    let seconds = u64::try_from(unix(now)).unwrap_or(0);
    let mut builder = tar::Builder::new(Vec::new());
    let listed = found
        .iter()
        .map(|(name, content)| (*name, content.as_slice()))
        .chain([(SUMS, sums.as_bytes())]);
    for (name, content) in listed {
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o640);
        header.set_size(content.len() as u64);
        header.set_mtime(seconds);
        builder.append_data(&mut header, format!("{FOLDER}/{name}"), content)?;
    }
    builder.into_inner().map(Zeroizing::new)
}

fn check_recipient(certificate: &X509, now: SystemTime) -> Result<(), LifeError> {
    let subject = || readable(certificate.subject_name());
    match certificate.public_key()?.id() {
        Id::RSA | Id::EC => {}
        _ => return Err(LifeError::RecipientKey(subject())),
    }
    let (begin, end) = (certificate.not_before(), certificate.not_after());
    if from_openssl(begin)? > now || from_openssl(end)? < whole_seconds(now) {
        return Err(LifeError::RecipientDates(
            subject(),
            begin.to_string(),
            end.to_string(),
        ));
    }
    Ok(())
}

/// The folder in the archive.
pub(crate) const FOLDER: &str = "ca";
/// The file of checksums in the archive.
pub(crate) const SUMS: &str = "SHA256SUMS";

impl fmt::Debug for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backup")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
