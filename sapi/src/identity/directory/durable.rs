//! Durable files: each is complete and synced before it gets its name, and never replaces another unasked.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use openssl::rand::rand_bytes;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::error::InstallError;

/// Renames a file, but never over another. Another process may have been quicker.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems cannot do this. A hard link does not replace a file either.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        renamed => Ok(renamed?),
    }
}

/// Writes beside `path`, runs `check`, then renames. It replaces an existing file only if `existing` allows
/// it, and then keeps the owner, group and mode of the old file. A new file gets `mode`.
pub(crate) fn write(
    path: &Path,
    content: &[u8],
    mode: u32,
    existing: Overwrite,
    check: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut random = [0_u8; 8];
    rand_bytes(&mut random)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished =
        Unfinished(folder.join(format!(".{name}.{:016x}", u64::from_be_bytes(random))));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished.0)?;
    let like = match existing {
        Overwrite::Never => None,
        Overwrite::Allowed => fs::metadata(path).ok(),
    };
    if let Some(like) = &like {
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
            fchown(&file, Some(like.uid()), Some(like.gid()))?;
        }
    }
    let mode = like.map_or(mode, |like| like.mode() & 0o7777);
    file.set_permissions(Permissions::from_mode(mode))?;
    file.write_all(content)?;
    file.sync_all()?;
    check(&unfinished.0)?;
    match existing {
        Overwrite::Never => rename(&unfinished.0, path)?,
        Overwrite::Allowed => fs::rename(&unfinished.0, path)?,
    }
    File::open(folder)?.sync_all()
}

/// Whether a new file may replace another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Overwrite {
    Never,
    Allowed,
}

/// A file that is removed unless it gets its name.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Makes the CA's directory for its owner and group only, unless it exists.
pub(crate) fn make_directory(directory: &Path) -> Result<(), InstallError> {
    match DirBuilder::new().mode(0o750).create(directory) {
        Ok(()) => directory.parent().map_or(Ok(()), |parent| {
            sync(if parent.as_os_str().is_empty() {
                Path::new(".")
            } else {
                parent
            })
        }),
        Err(_) if directory.is_dir() => Ok(()),
        Err(error) => Err(InstallError::io(directory, error)),
    }
}

/// Syncs a directory, so that the names in it survive a crash.
pub(crate) fn sync(directory: &Path) -> Result<(), InstallError> {
    File::open(directory)
        .and_then(|opened| opened.sync_all())
        .map_err(|error| InstallError::io(directory, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rename_never_replaces() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "old").unwrap();
        assert!(rename(&from, &to).is_err());
        assert_eq!(fs::read(&to).unwrap(), b"old");
    }
}
