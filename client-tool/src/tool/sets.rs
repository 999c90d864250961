//! The sets of files in a certificate's directory, replaced as a whole: no reader and no crash sees half.
//!
//! Each set is a folder `.set-N`. The link `.current` points to the current set, and the names that programs
//! read are links through it. So renaming one link replaces every file. The previous set is kept.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::files::{NAMES, Wanted, copy_of, point, remove, sync, write};

/// The folders, the link `.current`, and the links that programs read.
pub(crate) struct Sets {
    dir: PathBuf,
}

impl Sets {
    pub(crate) fn of(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
        }
    }

    /// Whether this is the name of a set's folder.
    pub(crate) fn is_name(name: &str) -> bool {
        number(name).is_some()
    }

    /// Whether the actions after a new certificate are still to be done.
    pub(crate) fn is_owed(&self) -> bool {
        self.dir.join(CURRENT).join(OWED).exists()
    }

    pub(crate) fn settle(&self) -> io::Result<()> {
        remove(&self.dir.join(CURRENT).join(OWED))
    }

    /// Moves files that somebody else has written into a set of their own, so that nothing is lost and the
    /// names can become links.
    pub(crate) fn adopt(&self) -> io::Result<()> {
        let foreign = |name: &&&'static str| self.dir.join(name).exists() && !self.is_link(name);
        let foreign: Vec<_> = NAMES.iter().filter(foreign).collect();
        let same = |name: &&&'static str| {
            let current = fs::read(self.dir.join(CURRENT).join(name)).map(Zeroizing::new);
            current.is_ok_and(|current| self.read(name).is_ok_and(|own| *own == *current))
        };
        if foreign.iter().all(same) {
            return Ok(());
        }
        let files: io::Result<Vec<_>> = NAMES
            .iter()
            .filter(|name| self.dir.join(name).exists())
            .map(|name| copy_of(&self.dir, name))
            .collect();
        self.exchange(&files?, false)
    }

    /// Writes a new set and makes it the current one.
    pub(crate) fn exchange(&self, files: &[Wanted], owed: bool) -> io::Result<()> {
        let before = self.current();
        let number = self.numbers()?.into_iter().max().unwrap_or(0) + 1;
        let (name, new) = (
            name_of(number),
            self.dir.join(format!("{}.new", name_of(number))),
        );
        DirBuilder::new().mode(0o700).create(&new)?;
        for file in files {
            write(&new, file)?;
        }
        if owed {
            File::create(new.join(OWED))?.sync_all()?;
        }
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755))?;
        sync(&new)?;
        fs::rename(&new, self.dir.join(&name))?;
        // New names lead nowhere yet, so that all of them appear at once.
        self.link_new(files.iter().map(|file| file.name))?;
        sync(&self.dir)?;
        point(&self.dir, CURRENT, &name)?;
        sync(&self.dir)?;
        self.link()?;
        self.prune(number, before)
    }

    /// Links the names that programs read to the current set, and removes names that it lacks.
    fn link(&self) -> io::Result<()> {
        for name in NAMES {
            let wanted = self.dir.join(CURRENT).join(name).exists();
            match (wanted, self.is_link(name)) {
                (true, false) => point(&self.dir, name, &format!("{CURRENT}/{name}"))?,
                (false, true) => remove(&self.dir.join(name))?,
                _ => {}
            }
        }
        sync(&self.dir)
    }

    fn link_new(&self, names: impl IntoIterator<Item = &'static str>) -> io::Result<()> {
        for name in names {
            if fs::symlink_metadata(self.dir.join(name)).is_err() {
                point(&self.dir, name, &format!("{CURRENT}/{name}"))?;
            }
        }
        Ok(())
    }

    fn prune(&self, current: u64, before: Option<u64>) -> io::Result<()> {
        for number in self.numbers()? {
            if number != current && Some(number) != before {
                fs::remove_dir_all(self.dir.join(name_of(number)))?;
            }
        }
        Ok(())
    }

    fn is_link(&self, name: &str) -> bool {
        let target = fs::read_link(self.dir.join(name));
        target.is_ok_and(|target| target == Path::new(CURRENT).join(name))
    }

    fn read(&self, name: &str) -> io::Result<Zeroizing<Vec<u8>>> {
        fs::read(self.dir.join(name)).map(Zeroizing::new)
    }

    fn current(&self) -> Option<u64> {
        let target = fs::read_link(self.dir.join(CURRENT)).ok()?;
        number(target.to_str()?)
    }

    fn numbers(&self) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            numbers.extend(entry?.file_name().to_str().and_then(number));
        }
        Ok(numbers)
    }
}

fn name_of(number: u64) -> String {
    format!("{SET}{number}")
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix(SET)?.parse().ok()
}

const CURRENT: &str = ".current";
const SET: &str = ".set-";
const OWED: &str = ".owed";
