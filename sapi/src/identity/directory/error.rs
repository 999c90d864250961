//! Why files were not put into the directory of an identity.

use std::io;
use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use thiserror::Error;

use crate::identity::error::{IdentityError, IdentityErrorKind};

#[derive(Debug, Error)]
pub(crate) enum InstallError {
    #[error("an identity exists and was kept: {}", listed(.found))]
    Exists { found: Vec<PathBuf> },
    #[error("{}: cannot be written: {error}; nothing was changed", path.display())]
    Io {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
    #[error("OpenSSL could not name a new file: {0}")]
    OpenSsl(#[from] ErrorStack),
}

impl InstallError {
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Io { path, error }
    }
}

impl From<InstallError> for IdentityError {
    fn from(error: InstallError) -> Self {
        let kind = match error {
            InstallError::Exists { .. } => IdentityErrorKind::InTheWay,
            InstallError::Io { .. } => IdentityErrorKind::Write,
            InstallError::OpenSsl(_) => IdentityErrorKind::Crypto,
        };
        Self::new(kind, error)
    }
}

fn listed(found: &[PathBuf]) -> String {
    let found: Vec<_> = found
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    found.join(", ")
}
