//! Other passphrases: those that do not unlock the CA's key.

use std::os::fd::RawFd;
use std::path::PathBuf;

use super::error::{PassphraseError, PassphraseFault};
use super::sources::{ask, ask_twice, read_all, read_file};
use super::{Passphrase, inherited, terminal};

/// Where a new passphrase, or another key's, comes from: a descriptor, a file, or the terminal.
///
/// It does not read systemd's credential, `CA_PASSPHRASE` and `SAPI_PASSPHRASE_FILE`. These contain the
/// present passphrase of the CA's key.
///
/// ```no_run
/// use sapi::identity::OtherPassphrase;
///
/// let new = OtherPassphrase { option: "--new-passphrase", fd: None, file: None };
/// let passphrase = new.create("New passphrase: ")?;
/// # Ok::<(), sapi::identity::PassphraseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct OtherPassphrase {
    /// The name of the options, without their `-fd` and `-file`.
    pub option: &'static str,
    /// An open descriptor to read from.
    pub fd: Option<RawFd>,
    /// A file to read.
    pub file: Option<PathBuf>,
}

impl OtherPassphrase {
    /// Reads the passphrase of an existing key. At a terminal it asks once.
    ///
    /// # Errors
    /// When the given source is broken, or when no source is given and no terminal is available.
    ///
    /// ```no_run
    /// # fn f(recipient: &sapi::identity::OtherPassphrase) -> Result<(), sapi::identity::PassphraseError> {
    /// let passphrase = recipient.unlock("Passphrase of the recipient's key: ")?;
    /// # Ok(()) }
    /// ```
    pub fn unlock(&self, prompt: &str) -> Result<Passphrase, PassphraseError> {
        self.find(|| ask(prompt))
    }

    /// Reads a new passphrase. At a terminal it asks twice.
    ///
    /// # Errors
    /// Like [`OtherPassphrase::unlock`], and when the two answers differ.
    ///
    /// ```no_run
    /// # fn f(new: &sapi::identity::OtherPassphrase) -> Result<(), sapi::identity::PassphraseError> {
    /// let passphrase = new.create("New passphrase: ")?;
    /// # Ok(()) }
    /// ```
    pub fn create(&self, prompt: &str) -> Result<Passphrase, PassphraseError> {
        self.find(|| ask_twice(prompt))
    }

    fn find(
        &self,
        ask: impl FnOnce() -> Result<Passphrase, PassphraseError>,
    ) -> Result<Passphrase, PassphraseError> {
        let option = self.option;
        if let Some(fd) = self.fd {
            return read_all(&format!("{option}-fd {fd}"), inherited::reopen(fd));
        }
        if let Some(file) = &self.file {
            return read_file(&file.display().to_string(), file);
        }
        match terminal::usable() {
            Ok(()) => ask(),
            Err(why) => Err(PassphraseFault::NotGiven(vec![
                format!("{option}-fd (not given)"),
                format!("{option}-file (not given)"),
                format!("the terminal ({why})"),
            ])
            .into()),
        }
    }
}
