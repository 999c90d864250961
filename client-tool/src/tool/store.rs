//! One certificate's directory: its lock, its set of files, and its pending request.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use sapi_client::{Credential, Enrolment};
use sapi_tools::exit::Failure;
use zeroize::Zeroizing;

use super::exit::{self, LOCKED};
use super::files::{
    CERTIFICATE, CHAIN, COMBINED, FULL_CHAIN, KEY, Layout, NAMES, Wanted, make_directory, remove,
    sync, write,
};
use super::owner::Owner;
use super::sets::Sets;

/// The directory, locked for as long as this lives.
pub(crate) struct Store {
    dir: PathBuf,
    sets: Sets,
    layout: Layout,
    _lock: File,
}

impl Store {
    /// Makes and locks the directory, and removes what a killed run has left.
    pub(crate) fn open(dir: &Path, layout: Layout) -> Result<Self, Failure> {
        make_directory(dir).map_err(|error| at(dir, &error))?;
        let store = Self {
            dir: dir.to_owned(),
            sets: Sets::of(dir),
            layout,
            _lock: lock(dir)?,
        };
        store.tidy().map_err(|error| at(dir, &error))?;
        Ok(store)
    }

    /// The existing key and certificate. The error says why they are not usable.
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

    /// The existing key, and its file.
    pub(crate) fn key(&self) -> Option<(PathBuf, Zeroizing<Vec<u8>>)> {
        let found = [KEY, COMBINED].map(|name| Some((self.dir.join(name), self.read(name)?)));
        found.into_iter().flatten().next()
    }

    /// Whether every wanted file exists.
    pub(crate) fn is_complete(&self) -> bool {
        self.layout
            .names()
            .iter()
            .all(|name| self.path(name).is_some())
    }

    /// Replaces the existing credential. `owed` records in the same step that actions are still to be
    /// done.
    pub(crate) fn install(&self, credential: &Credential, owed: bool) -> Result<(), Failure> {
        self.sets
            .adopt()
            .and_then(|()| self.sets.exchange(&self.layout.files(credential), owed))
            .map_err(|error| at(&self.dir, &error))
    }

    /// Whether the actions after a new certificate are still to be done.
    pub(crate) fn is_owed(&self) -> bool {
        self.sets.is_owed()
    }

    /// Records that the actions have been done.
    pub(crate) fn settle(&self) -> Result<(), Failure> {
        self.sets.settle().map_err(|error| at(&self.dir, &error))
    }

    /// The request that is not decided yet.
    pub(crate) fn pending(&self) -> Option<Enrolment> {
        let pem = Zeroizing::new(fs::read(self.dir.join(PENDING)).ok()?);
        Enrolment::from_pem(&pem).ok()
    }

    /// Keeps a request before it is sent. If it were lost, so would be its key.
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

    /// Forgets a request that has been decided.
    pub(crate) fn forget_pending(&self) -> Result<(), Failure> {
        remove(&self.dir.join(PENDING)).map_err(|error| at(&self.dir, &error))
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
                Some(ours) if Sets::is_name(&format!(".{ours}")) => fs::remove_dir_all(path)?,
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
}

/// The kernel releases the lock however the process ends. The file itself means nothing.
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

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn at(path: &Path, error: &io::Error) -> Failure {
    exit::other(format!("{}: {error}", path.display()))
}

const LOCK: &str = ".lock";
const PENDING: &str = ".pending.pem";
const PENDING_NEW: &str = ".pending.pem.new";
