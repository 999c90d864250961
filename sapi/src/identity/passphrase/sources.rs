//! The sources of the passphrase: descriptor, file, credential, environment, terminal.

use std::env;
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read};
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::{PassphraseError, PassphraseFault};
use super::hardening::{ENVIRONMENT, HANDOVER};
use super::{Passphrase, inherited, terminal};

/// The sources of the passphrase, in this order. The first source that is given is used.
///
/// 1. the descriptor `fd` (`--passphrase-fd`)
/// 2. `file` (`--passphrase-file`), else the file named by `SAPI_PASSPHRASE_FILE`
/// 3. systemd's credential, `$CREDENTIALS_DIRECTORY/ca-passphrase`
/// 4. `CA_PASSPHRASE` in the environment
/// 5. the terminal
///
/// A source that is given but broken is an error. The next source is then not tried.
///
/// ```no_run
/// use sapi::identity::PassphraseSources;
///
/// let passphrase = PassphraseSources::default().unlock()?;
/// # Ok::<(), sapi::identity::PassphraseError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[doc(alias = "CA_PASSPHRASE")]
pub struct PassphraseSources {
    /// An open descriptor to read from.
    pub fd: Option<RawFd>,
    /// A file to read.
    pub file: Option<PathBuf>,
}

impl PassphraseSources {
    /// Reads the passphrase of an existing key. At a terminal it asks once.
    ///
    /// # Errors
    /// When the given source is broken, or when no source is given and no terminal is available.
    ///
    /// ```no_run
    /// let passphrase = sapi::identity::PassphraseSources::default().unlock()?;
    /// # Ok::<(), sapi::identity::PassphraseError>(())
    /// ```
    pub fn unlock(&self) -> Result<Passphrase, PassphraseError> {
        self.find(|| ask("Passphrase of the CA's private key: "))
    }

    /// Reads the passphrase of a new key. At a terminal it asks twice.
    ///
    /// # Errors
    /// Like [`PassphraseSources::unlock`], and when the two answers differ.
    ///
    /// ```no_run
    /// let passphrase = sapi::identity::PassphraseSources::default().create()?;
    /// # Ok::<(), sapi::identity::PassphraseError>(())
    /// ```
    pub fn create(&self) -> Result<Passphrase, PassphraseError> {
        self.find(|| ask_twice(NEW_PROMPT))
    }

    /// Whether [`PassphraseSources::unlock`] has a source to read, or a terminal to ask at.
    ///
    /// ```no_run
    /// if !sapi::identity::PassphraseSources::default().available() {
    ///     eprintln!("the key stays locked");
    /// }
    /// ```
    #[must_use]
    pub fn available(&self) -> bool {
        self.fd.is_some()
            || self.file.is_some()
            || [FILE_VARIABLE, HANDOVER, ENVIRONMENT]
                .iter()
                .any(|name| env::var_os(name).is_some())
            || credential().is_some_and(|path| path.exists())
            || terminal::usable().is_ok()
    }

    /// Whether [`PassphraseSources::unlock`] reads a file, which can be read again.
    pub(crate) fn can_be_read_again(&self) -> bool {
        self.fd.is_none()
            && (self.file.is_some()
                || env::var_os(FILE_VARIABLE).is_some()
                || credential().is_some_and(|path| path.exists()))
    }

    fn find(
        &self,
        ask: impl FnOnce() -> Result<Passphrase, PassphraseError>,
    ) -> Result<Passphrase, PassphraseError> {
        // The pipe is read even if another source comes first. Our children inherit it, so the passphrase
        // must not stay in it.
        let environment = environment();
        if let Some(fd) = self.fd {
            let source = format!("--passphrase-fd {fd}");
            return read_all(&source, inherited::reopen(fd));
        }
        if let Some(file) = &self.file {
            return read_file(&file.display().to_string(), file);
        }
        if let Some(file) = env::var_os(FILE_VARIABLE).map(PathBuf::from) {
            return read_file(&format!("{FILE_VARIABLE} ({})", file.display()), &file);
        }
        let mut tried = vec![
            "--passphrase-fd (not given)".to_owned(),
            format!("--passphrase-file and {FILE_VARIABLE} (not given)"),
        ];
        match credential() {
            None => tried.push(format!(
                "${CREDENTIALS}/{CREDENTIAL} ({CREDENTIALS} is not set)"
            )),
            Some(file) => match File::open(&file) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    tried.push(format!("{} (no such file)", file.display()));
                }
                opened => return read_all(&file.display().to_string(), opened),
            },
        }
        match environment? {
            Ok(passphrase) => return Ok(passphrase),
            Err(why) => tried.push(format!("{ENVIRONMENT} ({why})")),
        }
        match terminal::usable() {
            Ok(()) => return ask(),
            Err(why) => tried.push(format!("the terminal ({why})")),
        }
        Err(PassphraseFault::NoSource(tried).into())
    }
}

pub(crate) fn ask_twice(prompt: &str) -> Result<Passphrase, PassphraseError> {
    let first = ask(prompt)?;
    let second = ask("The same passphrase again: ")?;
    if first == second {
        Ok(first)
    } else {
        Err(PassphraseFault::Mismatch.into())
    }
}

pub(crate) fn ask(prompt: &str) -> Result<Passphrase, PassphraseError> {
    let source = "the terminal";
    let answer =
        terminal::ask(prompt).map_err(|error| PassphraseError::unreadable(source, error))?;
    Passphrase::new(answer).map_err(|error| PassphraseError::in_source(source, error))
}

/// Reads `CA_PASSPHRASE`, or the pipe into which [`super::hardening::before_secrets`] moved it.
fn environment() -> Result<Result<Passphrase, &'static str>, PassphraseError> {
    let bytes = if let Some(value) = env::var_os(ENVIRONMENT) {
        Zeroizing::new(value.into_vec())
    } else if let Some(number) = env::var_os(HANDOVER) {
        let fd = number.to_str().and_then(|number| number.parse().ok());
        let fd = fd.ok_or_else(|| {
            let why = io::Error::new(io::ErrorKind::InvalidInput, "not a descriptor number");
            PassphraseError::unreadable(HANDOVER, why)
        })?;
        let bytes = read_bounded(inherited::reopen(fd))
            .map_err(|error| PassphraseError::unreadable(ENVIRONMENT, error))?;
        if bytes.is_empty() {
            return Ok(Err("already read"));
        }
        bytes
    } else {
        return Ok(Err("not set"));
    };
    Passphrase::new(bytes)
        .map(Ok)
        .map_err(|error| PassphraseError::in_source(ENVIRONMENT, error))
}

fn credential() -> Option<PathBuf> {
    env::var_os(CREDENTIALS).map(|directory| PathBuf::from(directory).join(CREDENTIAL))
}

pub(crate) fn read_file(source: &str, path: &Path) -> Result<Passphrase, PassphraseError> {
    let opened = File::open(path);
    let metadata = opened.as_ref().ok().and_then(|file| file.metadata().ok());
    if metadata.is_some_and(|metadata| others_can_read(&metadata)) {
        tracing::warn!(
            "{source}: every user of this machine can read the passphrase; chmod o-rwx it"
        );
    }
    read_all(source, opened)
}

fn others_can_read(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.mode() & 0o004 != 0
}

pub(crate) fn read_all(
    source: &str,
    opened: io::Result<File>,
) -> Result<Passphrase, PassphraseError> {
    let bytes = read_bounded(opened).map_err(|error| PassphraseError::unreadable(source, error))?;
    Passphrase::new(bytes).map_err(|error| PassphraseError::in_source(source, error))
}

/// Reads just enough to notice a passphrase that is too long. The buffer never moves, because growing it
/// would leave copies that nobody wipes.
fn read_bounded(opened: io::Result<File>) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = opened?;
    if file.is_terminal() {
        let hint =
            "is a terminal, which would show what is typed; leave the option out to be asked";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, hint));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(4 * Passphrase::MAX_LEN));
    file.take(Passphrase::MAX_LEN as u64 + 2)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

const NEW_PROMPT: &str = "New passphrase for the CA's private key: ";
/// Names a passphrase file. The flag `--passphrase-file` has precedence.
const FILE_VARIABLE: &str = "SAPI_PASSPHRASE_FILE";
/// The variable that systemd sets for `LoadCredential=`.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// The name of the credential in the unit.
const CREDENTIAL: &str = "ca-passphrase";
