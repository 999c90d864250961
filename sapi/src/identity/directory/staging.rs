//! The staging folder: files are complete and synced in it before they get their names.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use openssl::rand::rand_bytes;

use super::durable::sync;
use super::error::InstallError;
use super::files::Files;

/// A folder beside the targets. Dropping this removes the folder and what is left in it.
pub(crate) struct Staging(PathBuf);

impl Staging {
    pub(crate) fn new(directory: &Path, files: &Files) -> Result<Self, InstallError> {
        let mut random = [0_u8; 8];
        rand_bytes(&mut random)?;
        let name = format!(".new-identity-{:016x}", u64::from_be_bytes(random));
        let staging = Self(directory.join(name));
        DirBuilder::new()
            .mode(0o700)
            .create(&staging.0)
            .map_err(|error| InstallError::io(directory, error))?;
        let group = fs::metadata(directory)
            .map_err(|error| InstallError::io(directory, error))?
            .gid();
        for (name, content) in files {
            write(&staging.0.join(name), content, group)
                .map_err(|error| InstallError::io(&directory.join(name), error))?;
        }
        sync(&staging.0)?;
        Ok(staging)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes a file for its owner and the directory's group. If the file cannot get that group, it is for the
/// owner alone, and not for a group that nobody chose.
fn write(path: &Path, content: &[u8], group: u32) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let shared = file.metadata()?.gid() == group || fchown(&file, None, Some(group)).is_ok();
    file.set_permissions(Permissions::from_mode(if shared { 0o640 } else { 0o600 }))?;
    file.write_all(content)?;
    file.sync_all()
}
