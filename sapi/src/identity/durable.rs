//! Names in directories: given once, never taken away from another file, and synced.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::install::InstallError;

/// Renames, but never over something: another process may have been quicker.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems cannot; a hard link does not replace either.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        renamed => Ok(renamed?),
    }
}

/// Makes the CA's directory, for its owner and group only, unless it is there.
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

/// Makes the names in a directory last.
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
