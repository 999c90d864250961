//! Changes the passphrase that locks the CA's key.

use std::path::Path;
use std::{fmt, fs, io};

use openssl::pkey::{PKey, Private};
use zeroize::Zeroizing;

use super::error::LifeError;
use crate::identity::directory::durable::Overwrite;
use crate::identity::directory::{durable, files, load};
use crate::identity::error::IdentityError;
use crate::identity::key::private;
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
    /// # use sapi::identity::{ChangePassphrase, IdentityError, Passphrase};
    /// # fn f(change: &ChangePassphrase<'_>, new: &Passphrase) -> Result<(), IdentityError> {
    /// change.finish(new)?;
    /// # Ok(()) }
    /// ```
    pub fn finish(&self, new: &Passphrase) -> Result<(), IdentityError> {
        let locked = private::encrypt(&self.key, new).map_err(LifeError::PrivateKey)?;
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
            .map_err(|error| LifeError::KeyFile(error).into())
    }
}

impl fmt::Debug for ChangePassphrase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangePassphrase")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}
