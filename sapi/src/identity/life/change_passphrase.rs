//! Changes the passphrase that locks the CA's key.

use std::path::Path;
use std::{fmt, fs, io};

use openssl::pkey::{PKey, Private};
use zeroize::Zeroizing;

use crate::identity::directory::durable::Overwrite;
use crate::identity::directory::load::IdentityError;
use crate::identity::directory::{durable, files, load};
use crate::identity::key::private;
use crate::identity::key::private::PrivateKeyError;
use crate::identity::passphrase::Passphrase;

/// A CA's key, unlocked so that it can be locked with a new passphrase.
///
/// ```no_run
/// use std::path::Path;
/// use sapi::identity::{ChangePassphrase, Passphrase};
///
/// let change = ChangePassphrase::begin(
///     Path::new("/var/lib/ca"),
///     &Passphrase::new(b"correct horse".to_vec())?,
/// )?;
/// change.finish(&Passphrase::new(b"battery staple".to_vec())?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ChangePassphrase<'a> {
    directory: &'a Path,
    key: PKey<Private>,
}

impl<'a> ChangePassphrase<'a> {
    /// Unlocks the key with its present passphrase.
    ///
    /// # Errors
    /// The same as when the identity is loaded.
    ///
    /// ```no_run
    /// # fn f(old: &sapi::identity::Passphrase) -> Result<(), sapi::identity::IdentityError> {
    /// let change = sapi::identity::ChangePassphrase::begin("/var/lib/ca".as_ref(), old)?;
    /// # Ok(()) }
    /// ```
    pub fn begin(directory: &'a Path, old: &Passphrase) -> Result<Self, IdentityError> {
        files::check_directory(directory)?;
        let key = load::load_key(directory, old)?;
        Ok(Self { directory, key })
    }

    /// Locks the key with the new passphrase as PKCS#8, reads the file back from the disk, and only then
    /// replaces the old file. The new file has the same owner and mode.
    ///
    /// # Errors
    /// When the file cannot be written or does not unlock. The old file is then unchanged.
    ///
    /// ```no_run
    /// # use sapi::identity::{ChangePassphrase, ChangePassphraseError, Passphrase};
    /// # fn f(change: &ChangePassphrase<'_>, new: &Passphrase) -> Result<(), ChangePassphraseError> {
    /// change.finish(new)?;
    /// # Ok(()) }
    /// ```
    pub fn finish(&self, new: &Passphrase) -> Result<(), ChangePassphraseError> {
        let locked = private::encrypt(&self.key, new).map_err(ChangePassphraseError::PrivateKey)?;
        let check = |path: &Path| {
            let written = Zeroizing::new(fs::read(path)?);
            match private::decrypt(&written, new) {
                Ok(key) if load::signs_for(&key, &self.key) => Ok(()),
                Ok(_) | Err(_) => Err(io::Error::other("the new file does not unlock")),
            }
        };
        // If the file is a link, it stays one: the file behind it is replaced.
        fs::canonicalize(self.directory.join(files::PRIVATE_KEY))
            .and_then(|path| {
                durable::write(&path, locked.as_bytes(), 0o600, Overwrite::Allowed, check)
            })
            .map_err(ChangePassphraseError::Io)
    }
}

impl fmt::Debug for ChangePassphrase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangePassphrase")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

/// Why the passphrase is still the old one.
///
/// ```no_run
/// # use sapi::identity::{ChangePassphrase, Passphrase};
/// # fn f(change: &ChangePassphrase<'_>, new: &Passphrase) {
/// if let Err(error) = change.finish(new) {
///     eprintln!("the passphrase is still the old one: {error}");
/// }
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ChangePassphraseError {
    /// The key could not be locked.
    PrivateKey(PrivateKeyError),
    /// The file could not be written or read back.
    Io(io::Error),
}

impl fmt::Display for ChangePassphraseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = files::PRIVATE_KEY;
        match self {
            Self::PrivateKey(error) => write!(f, "{name}: {error}; nothing was changed"),
            Self::Io(error) => {
                write!(f, "{name}: cannot be written: {error}; nothing was changed")
            }
        }
    }
}

impl std::error::Error for ChangePassphraseError {}
