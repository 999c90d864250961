//! Files that are there whole or not at all, and still there after a power failure.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

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

/// Writes a file anew: whoever reads it meanwhile sees the old content or the new.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}-{number}", std::process::id()));
    let written = write_new(&temporary, content).and_then(|()| fs::rename(&temporary, path));
    if let Err(error) = written {
        // The error that matters is the first one.
        let _ = fs::remove_file(&temporary);
        return Err(named(path, &error));
    }
    sync_folder(parent(path))
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

/// Any number of readers, and no writer meanwhile. Who may only read can have it too; where nobody has
/// written yet there is nothing to wait for.
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

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    // Left behind by a process of the same number that was killed: nobody else writes this name.
    let _ = fs::remove_file(path);
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o640)
        .open(path)?;
    like_folder(&file, path);
    file.write_all(content)?;
    file.sync_all()
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
            replace(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_named_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        let error = replace(&path, b"x").unwrap_err().to_string();
        assert!(error.starts_with(path.to_str().unwrap()), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
