//! The files of the store: one of JSON for each request, in a folder named after its state.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind::NotFound};
use std::path::{Path, PathBuf};

use super::application::{Application, State};
use super::store_error::StoreError;
use crate::durable::{Readers, lock, make_folder, named, parent, replace, sync_folder};

/// The folder with the folders of the states.
#[derive(Debug)]
pub(super) struct RequestFiles(PathBuf);

impl RequestFiles {
    /// Makes the folders that are missing.
    pub(super) fn make(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        for state in [State::Pending, State::Approved, State::Rejected] {
            make_folder(&folder.join(state.to_string()))?;
        }
        let files = Self::at(folder);
        // A service that could not take the lock should not start.
        files.lock()?;
        Ok(files)
    }

    pub(super) fn existing(folder: &Path) -> Result<Self, StoreError> {
        let pending = folder.join(State::Pending.to_string());
        match fs::metadata(&pending) {
            Ok(_) => Ok(Self::at(folder)),
            Err(error) if error.kind() == NotFound => Err(StoreError::Missing(pending)),
            Err(error) => Err(named(&pending, &error).into()),
        }
    }

    /// Checks nothing. A request in a folder that is missing is unknown.
    pub(super) fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    pub(super) fn lock(&self) -> io::Result<File> {
        lock(&self.0.join(LOCK))
    }

    pub(super) fn path(&self, state: State, client: &str, sha256: &str) -> PathBuf {
        let folder = self.0.join(state.to_string());
        folder.join(format!("{client}-{sha256}.json"))
    }

    /// The files of a state.
    pub(super) fn list(&self, state: State) -> Result<Vec<PathBuf>, StoreError> {
        let folder = self.0.join(state.to_string());
        let read = || -> io::Result<Vec<PathBuf>> {
            let paths = fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path()));
            let paths: Vec<PathBuf> = paths.collect::<io::Result<_>>()?;
            Ok(paths.into_iter().filter(|path| is_ours(path)).collect())
        };
        Ok(read().map_err(|error| named(&folder, &error))?)
    }

    /// Reads a file; `None` if it is missing.
    pub(super) fn read(
        &self,
        path: &Path,
        state: State,
    ) -> Result<Option<Application>, StoreError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == NotFound => return Ok(None),
            Err(error) => return Err(named(path, &error).into()),
        };
        let broken = |what: String| StoreError::Broken {
            path: path.to_owned(),
            what,
        };
        let application: Application =
            serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
        let name = format!("{}-{}.json", application.client, application.sha256);
        if path.file_name() != Some(OsStr::new(&name)) {
            return Err(broken(format!("is of {name}")));
        }
        if application.state() != state {
            return Err(broken(format!("says {}", application.state())));
        }
        Ok(Some(application))
    }

    pub(super) fn write(&self, application: &Application) -> Result<(), StoreError> {
        let mut text = serde_json::to_vec_pretty(application).map_err(io::Error::from)?;
        text.push(b'\n');
        let path = self.own_path(application);
        Ok(replace(&path, &text, Readers::OwnerAndGroup)?)
    }

    pub(super) fn remove(&self, application: &Application) -> Result<(), StoreError> {
        self.remove_file(&self.own_path(application))
    }

    pub(super) fn remove_file(&self, path: &Path) -> Result<(), StoreError> {
        match fs::remove_file(path) {
            Ok(()) => Ok(sync_folder(parent(path))?),
            Err(error) if error.kind() == NotFound => Ok(()),
            Err(error) => Err(named(path, &error).into()),
        }
    }

    fn own_path(&self, application: &Application) -> PathBuf {
        let (client, sha256) = (&application.client, &application.sha256);
        self.path(application.state(), client, sha256)
    }
}

/// Whether a file is of this client's request. Clients are letters and digits: the first hyphen ends their name.
pub(super) fn is_of(path: &Path, client: &str) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.split_once('-')
        .is_some_and(|(owner, _)| owner == client)
}

/// Not a file that a writer has not finished.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    path.extension() == Some(OsStr::new("json")) && !name.as_encoded_bytes().starts_with(b".")
}

const LOCK: &str = "approvals.lock";
