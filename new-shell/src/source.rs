//! Where the new crate takes sapi from.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A folder, or the registry.
#[derive(Debug)]
pub(crate) enum Source {
    Folder(PathBuf),
    Registry,
}

impl Source {
    pub(crate) fn find(given: Option<&Path>) -> io::Result<Self> {
        if let Some(folder) = given {
            return match folder.join("Cargo.toml").is_file() {
                true => Ok(Self::Folder(folder.canonicalize()?)),
                false => Err(io::Error::other(format!(
                    "--sapi-path {}: does not contain Cargo.toml; give the folder `sapi` of a clone",
                    folder.display()
                ))),
            };
        }
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sapi");
        match beside.join("Cargo.toml").is_file() {
            true => Ok(Self::Folder(beside.canonicalize()?)),
            false => Ok(Self::Registry),
        }
    }
}

/// The keys of a dependency, as TOML.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Debug writes quotes and backslashes as a TOML string needs them.
            Self::Folder(folder) => write!(f, "path = {:?}", folder.display().to_string()),
            Self::Registry => write!(f, "version = {:?}", env!("CARGO_PKG_VERSION")),
        }
    }
}
