//! Files that are there whole or not at all, and still there after a power failure.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// Makes a folder for its owner and group only, unless it is there.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o750).create(folder) {
        Ok(()) => sync_folder(parent(folder)),
        Err(_) if folder.is_dir() => Ok(()),
        // The error of the system would name the folder that is to be made.
        Err(_) if !parent(folder).is_dir() => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!(
                "{}: there is no folder {} to make it in",
                folder.display(),
                parent(folder).display()
            ),
        )),
        Err(error) => Err(named(folder, &error)),
    }
}

/// Replaces a file. A reader sees the old content or the new. The file gets the owner of its folder.
pub(crate) fn replace(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let written = unfinished(path).and_then(|mut file| {
        own_and_open(file.as_file(), path, readers)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|failed| failed.error)
    });
    written.map_err(|error| named(path, &error))?;
    sync_folder(parent(path))
}

/// Who may read a file, beside root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    OwnerAndGroup,
    /// Whatever the umask.
    Everybody,
}

/// Makes the names in a folder last.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    let synced = File::open(folder).and_then(|opened| opened.sync_all());
    synced.map_err(|error| named(folder, &error))
}

/// One writer at a time, across processes, for as long as the file that comes back is open.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let locked = lock_file(path).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| named(path, &error))
}

/// The same, where the lock is on the folder itself.
pub(crate) fn lock_folder(folder: &Path) -> io::Result<File> {
    let locked = File::open(folder).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| named(folder, &error))
}

/// Any number of readers, and no writer meanwhile. A user who may only read can take it too. A lock that nobody
/// has made yet needs no waiting.
pub(crate) fn lock_shared(path: &Path) -> io::Result<Option<File>> {
    match File::open(path).and_then(|file| file.lock_shared().map(|()| file)) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(named(path, &error)),
    }
}

/// The error, with the file it is about.
pub(crate) fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A file beside `path`, which is removed unless it gets that name.
fn unfinished(path: &Path) -> io::Result<NamedTempFile<File>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut options = OpenOptions::new();
    let options = options.write(true).create_new(true).mode(0o640);
    let prefix = format!(".{name}.");
    Builder::new()
        .prefix(&prefix)
        .make_in(parent(path), |path| options.open(path))
}

fn own_and_open(file: &File, path: &Path, readers: Readers) -> io::Result<()> {
    match readers {
        Readers::OwnerAndGroup => like_folder(file, path),
        Readers::Everybody => {
            let owner = fs::metadata(parent(path))?;
            if file.metadata()?.uid() != owner.uid() {
                fchown(file, Some(owner.uid()), Some(owner.gid()))?;
            }
            file.set_permissions(Permissions::from_mode(0o644))?;
        }
    }
    Ok(())
}

/// A tool run by root would leave files that the service cannot read: they get the owner of their folder.
pub(crate) fn like_folder(file: &File, path: &Path) {
    if let (Ok(own), Ok(folder)) = (file.metadata(), fs::metadata(parent(path)))
        && own.uid() != folder.uid()
    {
        // Nobody but root may give files away, and nobody else needs to.
        let _ = fchown(file, Some(folder.uid()), Some(folder.gid()));
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let options = options.read(true).append(true).create(true).mode(0o640);
    let file = options.open(path)?;
    like_folder(&file, path);
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for content in ["one", "two"] {
            replace(&path, content.as_bytes(), Readers::OwnerAndGroup).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn readers_are_those_who_are_meant() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for (readers, mode) in [(Readers::Everybody, 0o644), (Readers::OwnerAndGroup, 0o640)] {
            replace(&path, b"x", readers).unwrap();
            let written = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            // A strict umask takes the group's part, but never makes a file for everybody.
            assert!(
                written == mode || (mode == 0o640 && written == 0o600),
                "{written:o}"
            );
        }
    }

    #[test]
    fn what_cannot_be_written_is_named_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        for readers in [Readers::OwnerAndGroup, Readers::Everybody] {
            let error = replace(&path, b"x", readers).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("{}: ", path.display())),
                "{error}"
            );
            assert!(!error.contains(".taken."), "{error}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let nowhere = folder.path().join("missing/file");
        let error = replace(&nowhere, b"x", Readers::OwnerAndGroup).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{}: No such file or directory (os error 2)",
                nowhere.display()
            )
        );
    }

    #[test]
    fn a_lock_is_held_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = lock(&path).unwrap();
        assert!(File::open(&path).unwrap().try_lock().is_err());
        drop(held);
        assert!(File::open(&path).unwrap().try_lock().is_ok());
    }
}
