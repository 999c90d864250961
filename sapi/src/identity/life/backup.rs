//! A backup: the identity in one file that only chosen people can open.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fmt, io};

use openssl::asn1::Asn1Time;
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::error::ErrorStack;
use openssl::pkey::Id;
use openssl::stack::Stack;
use openssl::symm::Cipher;
use openssl::x509::X509;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::check::readable;
use crate::identity::directory::durable::Overwrite;
use crate::identity::directory::files::FileError;
use crate::identity::directory::load::IdentityError;
use crate::identity::directory::{durable, files, load};
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
    /// # fn f(alice: X509, bob: X509, now: SystemTime) -> Result<(), sapi::identity::BackupError> {
    /// let backup = Backup::make(Path::new("/var/lib/ca"), &[alice, bob], now)?;
    /// # Ok(()) }
    /// ```
    pub fn make(
        directory: &Path,
        recipients: &[X509],
        now: SystemTime,
    ) -> Result<Self, BackupError> {
        let mut stack = Stack::new()?;
        for recipient in recipients {
            check_recipient(recipient, now)?;
            stack.push(recipient.clone())?;
        }
        if stack.is_empty() {
            return Err(BackupError::NoRecipient);
        }
        let found = read(directory, now)?;
        let archive = archive(&found, now).map_err(BackupError::Archive)?;
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

fn read(directory: &Path, now: SystemTime) -> Result<Contents, BackupError> {
    files::check_directory(directory)?;
    let key = files::read_secret(directory)?;
    private::check_locked(&key)
        .map_err(|error| BackupError::Identity(IdentityError::PrivateKey(error)))?;
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
        load::load_public(directory, now).map_err(BackupError::Identity)?;
    }
    Ok(found)
}

type Contents = Vec<(&'static str, Zeroizing<Vec<u8>>)>;

/// Makes an archive that plain `tar` unpacks, with checksums that `sha256sum --check` reads.
fn archive(found: &Contents, now: SystemTime) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut sums = String::new();
    for (name, content) in found {
        for octet in Sha256::digest(content.as_slice()) {
            sums.push_str(&format!("{octet:02x}"));
        }
        sums.push_str(&format!("  {name}\n"));
    }
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
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

fn check_recipient(certificate: &X509, now: SystemTime) -> Result<(), BackupError> {
    let subject = || readable(certificate.subject_name());
    match certificate.public_key()?.id() {
        Id::RSA | Id::EC => {}
        _ => return Err(BackupError::RecipientKey(subject())),
    }
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = Asn1Time::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX))?;
    if *certificate.not_before() > now || *certificate.not_after() < now {
        return Err(BackupError::RecipientDates(
            subject(),
            certificate.not_before().to_string(),
            certificate.not_after().to_string(),
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

/// Why no backup was made.
///
/// ```
/// use std::{path::Path, time::UNIX_EPOCH};
/// use sapi::identity::{Backup, BackupError};
///
/// let nobody = Backup::make(Path::new("/var/lib/ca"), &[], UNIX_EPOCH);
/// assert!(matches!(nobody, Err(BackupError::NoRecipient)));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum BackupError {
    /// No recipient is given, so nobody could open the backup.
    NoRecipient,
    /// This recipient's key cannot encrypt.
    RecipientKey(String),
    /// This recipient's certificate is not valid now.
    RecipientDates(String, String, String),
    /// The identity cannot be used as it is.
    Identity(IdentityError),
    /// The archive could not be made.
    Archive(io::Error),
    /// OpenSSL failed.
    OpenSsl(ErrorStack),
}

impl From<FileError> for BackupError {
    fn from(error: FileError) -> Self {
        Self::Identity(error.into())
    }
}

impl From<ErrorStack> for BackupError {
    fn from(errors: ErrorStack) -> Self {
        Self::OpenSsl(errors)
    }
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRecipient => f.write_str("no recipient: nobody could open the backup"),
            Self::RecipientKey(subject) => write!(
                f,
                "recipient {subject}: the key can only sign; give a certificate with an RSA or EC key"
            ),
            Self::RecipientDates(subject, from, to) => write!(
                f,
                "recipient {subject}: the certificate is valid from {from} to {to}; give a current one"
            ),
            Self::Identity(error) => error.fmt(f),
            Self::Archive(error) => write!(f, "the archive cannot be made: {error}"),
            Self::OpenSsl(errors) => write!(f, "OpenSSL could not encrypt the backup: {errors}"),
        }
    }
}

impl std::error::Error for BackupError {}
