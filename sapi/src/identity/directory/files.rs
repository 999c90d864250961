//! The files of an identity: their names, how they are read, and who else may read them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::identity::error::{IdentityError, IdentityErrorKind};

/// The locked private key.
pub(crate) const PRIVATE_KEY: &str = "ca.private_key.pem";
/// The public key.
pub(crate) const PUBLIC_KEY: &str = "ca.public_key.pem";
/// The CA's own request.
pub(crate) const REQUEST: &str = "ca.csr.pem";
/// The CA's certificate, under the name that we write.
pub(crate) const CERTIFICATE: &str = "ca.cert.pem";
/// Another name for the CA's certificate. We look for it first, as ssl_api does.
pub(crate) const CERTIFICATE_FIRST: &str = "ca.crt.pem";
/// The certificates above the CA's own, nearest first.
pub(crate) const CHAIN: &str = "ca.chain.pem";

/// The folder of a prepared successor.
pub(crate) const NEXT: &str = "next";
/// The CAs to trust while one follows another.
pub(crate) const BUNDLE: &str = "ca.bundle.pem";
/// The new CA's key and name, certified by the old one.
pub(crate) const NEW_BY_OLD: &str = "ca.new-by-old.pem";
/// The old CA's key and name, certified by the new one.
pub(crate) const OLD_BY_NEW: &str = "ca.old-by-new.pem";

/// Every name an identity may use.
pub(crate) const ALL: [&str; 6] = [
    PRIVATE_KEY,
    PUBLIC_KEY,
    REQUEST,
    CERTIFICATE_FIRST,
    CERTIFICATE,
    CHAIN,
];

/// The files of an identity that are in `directory`, broken links included.
///
/// ```
/// let directory = std::path::Path::new("/nonexistent");
/// assert!(sapi::identity::existing(directory).is_empty());
/// ```
#[must_use]
pub fn existing(directory: &Path) -> Vec<PathBuf> {
    existing_of(directory, &ALL)
}

/// The certificates of an identity that are in `directory`, broken links included.
///
/// ```
/// let directory = std::path::Path::new("/nonexistent");
/// assert!(sapi::identity::certificates(directory).is_empty());
/// ```
#[must_use]
pub fn certificates(directory: &Path) -> Vec<PathBuf> {
    existing_of(directory, &CERTIFICATES)
}

/// Names and contents of files to be written.
pub(crate) type Files = Vec<(&'static str, Zeroizing<Vec<u8>>)>;

/// Those of these names that are in `directory`.
pub(crate) fn existing_of(directory: &Path, names: &[&str]) -> Vec<PathBuf> {
    names
        .iter()
        .map(|name| directory.join(name))
        .filter(|path| fs::symlink_metadata(path).is_ok())
        .collect()
}

/// The files that come from outside if another CA signs this one.
pub(crate) const CERTIFICATES: [&str; 3] = [CERTIFICATE_FIRST, CERTIFICATE, CHAIN];

/// Returns the name of the certificate's file.
pub(crate) fn certificate_name(directory: &Path) -> &'static str {
    if fs::symlink_metadata(directory.join(CERTIFICATE_FIRST)).is_ok() {
        CERTIFICATE_FIRST
    } else {
        CERTIFICATE
    }
}

/// Refuses a directory in which any user could exchange the files.
pub(crate) fn check_directory(directory: &Path) -> Result<(), FileError> {
    let name = || directory.display().to_string();
    let metadata = fs::metadata(directory).map_err(|error| FileError::unreadable(name(), error))?;
    if !metadata.is_dir() {
        return Err(FileError {
            name: name(),
            fault: FileFault::NoDirectory,
        });
    }
    let mode = metadata.permissions().mode();
    // If it is sticky, like /tmp, others may add files but not exchange ours.
    if mode & 0o002 != 0 && mode & 0o1000 == 0 {
        return Err(FileError {
            name: name(),
            fault: FileFault::OthersCanWrite(name()),
        });
    }
    Ok(())
}

/// Reads a file of the identity that is not secret.
///
/// It refuses an encrypted block, because OpenSSL would ask the terminal for its passphrase.
pub(crate) fn read_public(directory: &Path, name: &'static str) -> Result<Vec<u8>, FileError> {
    let mut bytes = read(directory, name, GROUP_WRITES | OTHERS_WRITE)?;
    if holds_encrypted(&bytes) {
        let name = name.to_owned();
        let fault = FileFault::Encrypted;
        return Err(FileError { name, fault });
    }
    Ok(std::mem::take(&mut *bytes))
}

/// Whether the text contains a PEM block for which OpenSSL would ask a passphrase.
pub(crate) fn holds_encrypted(pem: &[u8]) -> bool {
    let holds = |mark: &[u8]| pem.windows(mark.len()).any(|window| window == mark);
    holds(b"Proc-Type:") || holds(b"-----BEGIN ENCRYPTED")
}

/// Reads the private key's file.
pub(crate) fn read_secret(directory: &Path) -> Result<Zeroizing<Vec<u8>>, FileError> {
    read(
        directory,
        PRIVATE_KEY,
        GROUP_WRITES | OTHERS_WRITE | OTHERS_READ,
    )
}

fn read(
    directory: &Path,
    name: &'static str,
    forbidden: u32,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let path = directory.join(name);
    let unreadable = |error| FileError::unreadable(name, error);
    let fault = |fault| FileError {
        name: name.to_owned(),
        fault,
    };
    // This comes before opening, because opening a fifo waits for its writer.
    if !fs::metadata(&path).map_err(unreadable)?.is_file() {
        return Err(fault(FileFault::NoFile));
    }
    let file = File::open(&path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let open = metadata.permissions().mode() & forbidden;
    if open & (GROUP_WRITES | OTHERS_WRITE) != 0 {
        let fault_found = if open & OTHERS_WRITE != 0 {
            FileFault::OthersCanWrite(name.to_owned())
        } else {
            FileFault::GroupCanWrite(name.to_owned())
        };
        return Err(fault(fault_found));
    }
    if open != 0 {
        return Err(fault(FileFault::OthersCanRead(name.to_owned())));
    }
    if metadata.len() > MAX_LEN {
        return Err(fault(FileFault::TooLarge));
    }
    // The buffer has its full size, because growing it would leave copies that nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_LEN as usize));
    file.take(MAX_LEN)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;
const OTHERS_READ: u32 = 0o004;
/// This is far above the largest chain of ML-DSA certificates.
const MAX_LEN: u64 = 256 * 1024;

/// A file of the identity that cannot be used.
#[derive(Debug, Error)]
#[error("{name}: {fault}")]
pub(crate) struct FileError {
    name: String,
    #[source]
    fault: FileFault,
}

#[derive(Debug, Error)]
enum FileFault {
    #[error("the file does not exist; ca_create_identity makes one")]
    Missing,
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("not a directory")]
    NoDirectory,
    #[error("not a regular file")]
    NoFile,
    #[error("larger than {} KiB", MAX_LEN / 1024)]
    TooLarge,
    #[error("contains an encrypted block")]
    Encrypted,
    #[error("every user can read it; chmod o-rwx {0}")]
    OthersCanRead(String),
    #[error("every user can write it; chmod o-w {0}")]
    OthersCanWrite(String),
    #[error("its group can write it; chmod g-w {0}")]
    GroupCanWrite(String),
}

impl FileError {
    fn unreadable(name: impl Into<String>, error: io::Error) -> Self {
        let fault = match error.kind() {
            io::ErrorKind::NotFound => FileFault::Missing,
            _ => FileFault::Unreadable(error),
        };
        let name = name.into();
        Self { name, fault }
    }
}

impl From<FileError> for IdentityError {
    fn from(error: FileError) -> Self {
        Self::new(IdentityErrorKind::File, error)
    }
}
