//! One certificate's directory: exchanged as a whole, so that no reader and no crash sees half of it.
//!
//! The files lie in a folder `.set-N`, the link `.current` points to the set that counts, and the names
//! that programs read are links through it. To replace all of them is to rename one link. The set before
//! is kept.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use sapi_client::{Credential, Enrolment};
use zeroize::Zeroizing;

use super::exit::{Failure, LOCKED};
use super::files::{
    CERTIFICATE, CHAIN, COMBINED, FULL_CHAIN, KEY, Layout, NAMES, Wanted, copy_of, make_directory,
    point, sync, write,
};
use super::owner::Owner;
use super::set;

/// The directory, locked for as long as this lives.
pub(crate) struct Store {
    dir: PathBuf,
    layout: Layout,
    _lock: File,
}

impl Store {
    /// Makes and locks the directory, and clears away what a run left that was killed.
    pub(crate) fn open(dir: &Path, layout: Layout) -> Result<Self, Failure> {
        make_directory(dir).map_err(|error| at(dir, &error))?;
        let store = Self {
            dir: dir.to_owned(),
            layout,
            _lock: lock(dir)?,
        };
        store.tidy().map_err(|error| at(dir, &error))?;
        Ok(store)
    }

    /// The key and certificate that are there, if they are whole and of each other; or why not.
    pub(crate) fn credential(&self) -> Result<Option<Credential>, String> {
        let Some((_, mut pem)) = self.key() else {
            return Ok(None);
        };
        for name in [FULL_CHAIN, CERTIFICATE, CHAIN] {
            match self.read(name) {
                Some(more) => pem.extend_from_slice(&more),
                None => continue,
            }
            if name == FULL_CHAIN {
                break;
            }
        }
        if !contains(&pem, b"-----BEGIN CERTIFICATE-----") {
            return Ok(None);
        }
        let credential = Credential::from_pem(&pem);
        credential
            .map(Some)
            .map_err(|error| format!("{}: {error}", self.dir.display()))
    }

    /// The key that is there, and the file it is in.
    pub(crate) fn key(&self) -> Option<(PathBuf, Zeroizing<Vec<u8>>)> {
        let found = [KEY, COMBINED].map(|name| Some((self.dir.join(name), self.read(name)?)));
        found.into_iter().flatten().next()
    }

    /// Whether the files that are wanted are all there.
    pub(crate) fn is_complete(&self) -> bool {
        self.layout
            .names()
            .iter()
            .all(|name| self.path(name).is_some())
    }

    /// Puts a credential in place of the one that is there. `owed` remembers, in the same step, that
    /// something is to be done after it.
    pub(crate) fn install(&self, credential: &Credential, owed: bool) -> Result<(), Failure> {
        self.adopt()
            .and_then(|()| self.exchange(&self.layout.files(credential), owed))
            .map_err(|error| at(&self.dir, &error))
    }

    /// Whether what is to be done after a new certificate has not been done yet.
    pub(crate) fn is_owed(&self) -> bool {
        self.dir.join(CURRENT).join(OWED).exists()
    }

    pub(crate) fn settle(&self) -> Result<(), Failure> {
        remove(&self.dir.join(CURRENT).join(OWED)).map_err(|error| at(&self.dir, &error))
    }

    /// The request that is not decided yet.
    pub(crate) fn pending(&self) -> Option<Enrolment> {
        let pem = Zeroizing::new(fs::read(self.dir.join(PENDING)).ok()?);
        Enrolment::from_pem(&pem).ok()
    }

    /// Keeps a request before it is sent: were it lost, so would be the key.
    pub(crate) fn keep_pending(&self, enrolment: &Enrolment) -> Result<(), Failure> {
        let new = Wanted {
            name: PENDING_NEW,
            content: enrolment.to_pem(),
            mode: 0o600,
            owner: Owner::default(),
        };
        remove(&self.dir.join(PENDING_NEW))
            .and_then(|()| write(&self.dir, &new))
            .and_then(|()| fs::rename(self.dir.join(PENDING_NEW), self.dir.join(PENDING)))
            .and_then(|()| sync(&self.dir))
            .map_err(|error| at(&self.dir, &error))
    }

    /// It is decided.
    pub(crate) fn forget_pending(&self) -> Result<(), Failure> {
        remove(&self.dir.join(PENDING)).map_err(|error| at(&self.dir, &error))
    }

    /// Takes files that somebody else has put there into a set of their own, so that nothing is lost and
    /// the names can become links.
    fn adopt(&self) -> io::Result<()> {
        let foreign = |name: &&&'static str| self.dir.join(name).exists() && !self.is_link(name);
        let foreign: Vec<_> = NAMES.iter().filter(foreign).collect();
        let same = |name: &&&'static str| {
            let current = fs::read(self.dir.join(CURRENT).join(name)).map(Zeroizing::new);
            current.is_ok_and(|current| self.read(name).is_some_and(|own| *own == *current))
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

    /// Writes a new set and makes it the one that counts.
    fn exchange(&self, files: &[Wanted], owed: bool) -> io::Result<()> {
        let before = self.current();
        let number = self.sets()?.into_iter().max().unwrap_or(0) + 1;
        let (name, new) = (
            set::name(number),
            self.dir.join(format!("{}.new", set::name(number))),
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
        // Names that are new lead nowhere yet, and all appear at once.
        self.link_new(files.iter().map(|file| file.name))?;
        sync(&self.dir)?;
        point(&self.dir, CURRENT, &name)?;
        sync(&self.dir)?;
        self.link()?;
        self.prune(number, before)
    }

    /// Makes the names that programs read links to the current set, and takes away those it does not have.
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
        for number in self.sets()? {
            if number != current && Some(number) != before {
                fs::remove_dir_all(self.dir.join(set::name(number)))?;
            }
        }
        Ok(())
    }

    fn tidy(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            let name = name.to_str().unwrap_or_default();
            let ours = name
                .strip_suffix(".new")
                .and_then(|name| name.strip_prefix('.'));
            let path = self.dir.join(name);
            match ours {
                Some(ours) if set::number(&format!(".{ours}")).is_some() => {
                    fs::remove_dir_all(path)?
                }
                Some(ours)
                    if NAMES.contains(&ours) || ours == "current" || ours == "pending.pem" =>
                {
                    remove(&path)?
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read(&self, name: &str) -> Option<Zeroizing<Vec<u8>>> {
        fs::read(self.path(name)?).ok().map(Zeroizing::new)
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        let path = self.dir.join(name);
        path.exists().then_some(path)
    }

    fn is_link(&self, name: &str) -> bool {
        let target = fs::read_link(self.dir.join(name));
        target.is_ok_and(|target| target == Path::new(CURRENT).join(name))
    }

    fn current(&self) -> Option<u64> {
        let target = fs::read_link(self.dir.join(CURRENT)).ok()?;
        set::number(target.to_str()?)
    }

    fn sets(&self) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            numbers.extend(entry?.file_name().to_str().and_then(set::number));
        }
        Ok(numbers)
    }
}

/// The kernel lets go of the lock when the process ends, however it ends: the file itself means nothing.
fn lock(dir: &Path) -> Result<File, Failure> {
    let path = dir.join(LOCK);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| at(&path, &error))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let text = format!("{}: another run is at work in it", dir.display());
            Err(Failure::new(LOCKED, text))
        }
        Err(error) => Err(at(&path, &error.into())),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn at(path: &Path, error: &io::Error) -> Failure {
    Failure::other(format!("{}: {error}", path.display()))
}

const LOCK: &str = ".lock";
const CURRENT: &str = ".current";
const OWED: &str = ".owed";
const PENDING: &str = ".pending.pem";
const PENDING_NEW: &str = ".pending.pem.new";
