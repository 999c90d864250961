//! Files that everybody may read, written by root or by the service.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use super::durable::{named, sync_folder};

/// Replaces a file: readers see the old content or the new. The file gets the owner of its folder, and
/// everybody may read it. The caller holds [`lock_folder`].
pub(crate) fn replace_public(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let path = folder.join(name);
    let temporary = folder.join(format!(".{name}.new"));
    let write = || -> io::Result<()> {
        // Left behind by a process that was killed: nobody else writes this name.
        let _ = fs::remove_file(&temporary);
        let mut options = OpenOptions::new();
        let options = options.write(true).create_new(true).mode(0o644);
        let mut file = options.open(&temporary)?;
        let owner = fs::metadata(folder)?;
        if file.metadata()?.uid() != owner.uid() {
            fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
        }
        // Whatever the umask.
        file.set_permissions(Permissions::from_mode(0o644))?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&temporary, &path)
    };
    if let Err(error) = write() {
        // The error that matters is the first one.
        let _ = fs::remove_file(&temporary);
        return Err(named(&path, &error));
    }
    sync_folder(folder)
}

/// One writer at a time, across processes, for as long as what comes back is open.
pub(crate) fn lock_folder(folder: &Path) -> io::Result<File> {
    let locked = File::open(folder).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| named(folder, &error))
}
