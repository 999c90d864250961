//! Installs an identity in its directory: completely or not at all, and without losing an old one.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::durable::{make_directory, rename, sync};
use super::error::InstallError;
use super::files::{self, Files};
use super::staging::Staging;
use crate::encoding::time::stamp;

/// What to do with an identity that is already there.
///
/// ```
/// use sapi::identity::Existing;
/// assert!(matches!(Existing::Keep, Existing::Keep));
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Existing {
    /// Leave it, and do not write.
    Keep,
    /// Move its files together into a dated folder beside the new ones.
    SetAside,
}

/// Where the new and the old files are now.
///
/// ```
/// # fn f(installed: &sapi::identity::Installed) {
/// for file in &installed.written { println!("{}", file.display()); }
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Installed {
    /// The new files.
    pub written: Vec<PathBuf>,
    /// The folder of the old files, if there were any.
    pub set_aside: Option<PathBuf>,
}

/// Writes `files` where none of the names in `instead_of` is, or moves those aside.
pub(crate) fn install(
    directory: &Path,
    files: &Files,
    instead_of: &[&str],
    existing: Existing,
    now: SystemTime,
) -> Result<Installed, InstallError> {
    let found = files::existing_of(directory, instead_of);
    if matches!(existing, Existing::Keep) && !found.is_empty() {
        return Err(InstallError::Exists { found });
    }
    make_directory(directory)?;
    let staging = Staging::new(directory, files)?;
    let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
    exchange(staging.path(), directory, &names, found, now)
}

/// Moves the `old` files into a dated folder, and the files with these names from the folder `from` into
/// their place.
pub(crate) fn exchange(
    from: &Path,
    directory: &Path,
    names: &[&str],
    old: Vec<PathBuf>,
    now: SystemTime,
) -> Result<Installed, InstallError> {
    let installed = place(from, directory, names, old, now, &mut rename)?;
    sync(directory)?;
    Ok(installed)
}

/// Renames one file. Tests make it fail.
type Rename<'a> = &'a mut dyn FnMut(&Path, &Path) -> io::Result<()>;

/// Moves the old files out and the new files in. At the first failure it moves all of them back.
fn place(
    staging: &Path,
    directory: &Path,
    names: &[&str],
    old: Vec<PathBuf>,
    now: SystemTime,
    rename: Rename<'_>,
) -> Result<Installed, InstallError> {
    let mut moves = Vec::new();
    let mut set_aside = None;
    if !old.is_empty() {
        let folder = make_folder(directory, now)?;
        moves.extend(old.into_iter().filter_map(|from| {
            let to = folder.join(from.file_name()?);
            Some((from, to))
        }));
        set_aside = Some(folder);
    }
    let targets: Vec<_> = names.iter().map(|name| directory.join(name)).collect();
    moves.extend(
        names
            .iter()
            .map(|name| (staging.join(name), directory.join(name))),
    );
    let mut done: Vec<(PathBuf, PathBuf)> = Vec::new();
    for (from, to) in moves {
        if let Err(error) = rename(&from, &to) {
            for (from, to) in done.iter().rev() {
                // If this fails too, a person must help. The error names the place.
                let _ = rename(to, from);
            }
            if let Some(folder) = &set_aside {
                let _ = fs::remove_dir(folder);
            }
            return Err(InstallError::io(&to, error));
        }
        done.push((from, to));
    }
    if let Some(folder) = &set_aside {
        sync(folder)?;
    }
    Ok(Installed {
        written: targets,
        set_aside,
    })
}

fn make_folder(directory: &Path, now: SystemTime) -> Result<PathBuf, InstallError> {
    let stamp = stamp(now);
    let names = std::iter::once(format!("replaced-{stamp}"))
        .chain((2..100).map(|number| format!("replaced-{stamp}-{number}")));
    let mut result = Err(io::ErrorKind::AlreadyExists.into());
    for name in names {
        let folder = directory.join(name);
        result = DirBuilder::new()
            .mode(0o750)
            .create(&folder)
            .map(|()| folder);
        if !matches!(&result, Err(error) if error.kind() == io::ErrorKind::AlreadyExists) {
            break;
        }
    }
    result.map_err(|error| InstallError::io(directory, error))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    /// Every file below a directory, with its content.
    fn listing(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(listing(&path));
            } else {
                found.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
        found
    }

    fn files() -> Files {
        [
            files::PRIVATE_KEY,
            files::PUBLIC_KEY,
            files::REQUEST,
            files::CERTIFICATE,
        ]
        .into_iter()
        .map(|name| (name, b"new".to_vec().into()))
        .collect()
    }

    /// Installs, but lets the rename with this number fail.
    fn install_failing(directory: &Path, failing: usize) -> Result<Installed, InstallError> {
        let files = files();
        let staging = Staging::new(directory, &files)?;
        let mut number = 0;
        let mut faulty = |from: &Path, to: &Path| {
            number += 1;
            if number == failing {
                return Err(io::ErrorKind::StorageFull.into());
            }
            rename(from, to)
        };
        let now = UNIX_EPOCH + Duration::from_secs(1_795_254_180);
        let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
        place(
            staging.path(),
            directory,
            &names,
            files::existing(directory),
            now,
            &mut faulty,
        )
    }

    #[test]
    fn failure_at_any_rename_leaves_all_as_it_was() {
        for failing in 1..=7 {
            let directory = tempfile::tempdir().unwrap();
            for name in [files::PRIVATE_KEY, files::CERTIFICATE_FIRST, files::CHAIN] {
                fs::write(directory.path().join(name), name).unwrap();
            }
            let before = listing(directory.path());
            install_failing(directory.path(), failing).unwrap_err();
            assert_eq!(listing(directory.path()), before, "rename {failing}");
            let left = fs::read_dir(directory.path()).unwrap().count();
            assert_eq!(left, 3, "no folder is left behind");
        }
    }

    #[test]
    fn old_files_move_together() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(files::PRIVATE_KEY), "old key").unwrap();
        fs::write(
            directory.path().join(files::CERTIFICATE_FIRST),
            "old certificate",
        )
        .unwrap();
        let folder = install_failing(directory.path(), 0)
            .unwrap()
            .set_aside
            .unwrap();
        assert_eq!(folder, directory.path().join("replaced-20261121T094300Z"));
        assert_eq!(
            fs::read(folder.join(files::PRIVATE_KEY)).unwrap(),
            b"old key"
        );
        assert_eq!(
            fs::read(folder.join(files::CERTIFICATE_FIRST)).unwrap(),
            b"old certificate"
        );
        assert_eq!(files::existing(directory.path()).len(), 4);
        let again = install_failing(directory.path(), 0)
            .unwrap()
            .set_aside
            .unwrap();
        assert_eq!(again, directory.path().join("replaced-20261121T094300Z-2"));
    }
}
