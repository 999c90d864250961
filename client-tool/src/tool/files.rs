//! The files that programs read: their names, contents, owners and modes.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;

use sapi_client::Credential;
use zeroize::Zeroizing;

use super::owner::Owner;

/// Which files to write, their owner, the key file's mode.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) combined: bool,
    pub(crate) mode: u32,
    pub(crate) owner: Owner,
}

/// A file to write.
pub(crate) struct Wanted {
    pub(crate) name: &'static str,
    pub(crate) content: Zeroizing<Vec<u8>>,
    pub(crate) mode: u32,
    pub(crate) owner: Owner,
}

impl Layout {
    pub(crate) fn names(self) -> &'static [&'static str] {
        if self.combined {
            &[COMBINED]
        } else {
            &[KEY, CERTIFICATE, CHAIN, FULL_CHAIN]
        }
    }

    pub(crate) fn files(self, credential: &Credential) -> Vec<Wanted> {
        let content = |name: &str| match name {
            KEY => credential.key_pem(),
            CERTIFICATE => credential.certificate_pem().into(),
            CHAIN => credential.chain_pem().into(),
            FULL_CHAIN => credential.fullchain_pem().into(),
            _ => credential.combined_pem(),
        };
        let wanted = |name: &&'static str| Wanted {
            name,
            content: content(name),
            mode: if matches!(*name, KEY | COMBINED) {
                self.mode
            } else {
                0o644
            },
            owner: self.owner,
        };
        self.names().iter().map(wanted).collect()
    }
}

/// A copy of an existing file, with its content, mode and owner.
pub(crate) fn copy_of(directory: &Path, name: &'static str) -> io::Result<Wanted> {
    let path = directory.join(name);
    let about = fs::metadata(&path)?;
    Ok(Wanted {
        name,
        content: Zeroizing::new(fs::read(&path)?),
        mode: about.mode() & 0o777,
        owner: Owner {
            user: Some(about.uid()),
            group: Some(about.gid()),
        },
    })
}

/// Writes a new file in full and syncs it. Only this process's user can read it until it is complete.
pub(crate) fn write(directory: &Path, wanted: &Wanted) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(directory.join(wanted.name))?;
    file.write_all(&wanted.content)?;
    wanted.owner.give(&file)?;
    file.set_permissions(Permissions::from_mode(wanted.mode))?;
    file.sync_all()
}

/// Makes a directory that everybody may enter, whatever the umask. It may exist already.
pub(crate) fn make_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() && !parent.exists() => {
            make_directory(parent)?
        }
        _ => {}
    }
    match DirBuilder::new().mode(0o755).create(path) {
        Ok(()) => fs::set_permissions(path, Permissions::from_mode(0o755)),
        Err(_) if path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Points a link somewhere else in one step.
pub(crate) fn point(directory: &Path, name: &str, target: &str) -> io::Result<()> {
    let new = directory.join(format!(".{}.new", name.trim_start_matches('.')));
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => symlink(target, &new)?,
    }
    fs::rename(new, directory.join(name))
}

/// Removes a file; it may be gone already.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Syncs a directory, so that its names survive a crash.
pub(crate) fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

pub(crate) const KEY: &str = "key.pem";
pub(crate) const CERTIFICATE: &str = "cert.pem";
pub(crate) const CHAIN: &str = "chain.pem";
pub(crate) const FULL_CHAIN: &str = "fullchain.pem";
pub(crate) const COMBINED: &str = "combined.pem";
/// Every name that a layout may have.
pub(crate) const NAMES: [&str; 5] = [KEY, CERTIFICATE, CHAIN, FULL_CHAIN, COMBINED];
