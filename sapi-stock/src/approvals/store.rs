//! The folder of the requests that wait for people: one file for each, in a folder named after its state.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};
use std::{fs, io};

use super::application::{Application, State};
use super::decision::Decision;
use super::store_error::StoreError;
use crate::durable::{lock, make_folder, named, parent, replace, sync_folder};

/// Where requests and decisions are kept.
///
/// Every change is made under a lock that other processes respect; whoever reads needs none. All methods
/// block.
///
/// ```
/// use sapi_stock::approvals::Store;
///
/// # let folder = tempfile::tempdir().unwrap();
/// let store = Store::open(folder.path())?;
/// assert!(store.list()?.is_empty());
/// # Ok::<(), sapi_stock::approvals::StoreError>(())
/// ```
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// When this process last looked for what is too old.
    purged: Mutex<Option<SystemTime>>,
}

/// How much may wait, and for how long.
///
/// ```
/// use std::time::Duration;
/// let limits = sapi_stock::approvals::Limits {
///     per_client: 3,
///     in_all: 1000,
///     max_age: Duration::from_secs(30 * 86_400),
/// };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Pending requests of one client.
    pub per_client: usize,
    /// Pending requests of all clients.
    pub in_all: usize,
    /// After this long a pending request and a rejection are forgotten.
    pub max_age: Duration,
}

impl Store {
    /// Opens the folder; it and the folders in it are made if missing.
    ///
    /// # Errors
    ///
    /// When that is not possible.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let folder = folder.path().join("approvals");
    /// let store = sapi_stock::approvals::Store::open(&folder)?;
    /// # Ok::<(), sapi_stock::approvals::StoreError>(())
    /// ```
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        for state in STATES {
            make_folder(&folder.join(state.to_string()))?;
        }
        // A service that could not take the lock should not start.
        lock(&folder.join(LOCK))?;
        Ok(Self::at(folder))
    }

    /// The folder as it is, for whoever only looks at it; nothing is made.
    ///
    /// # Errors
    ///
    /// When there is no such folder.
    ///
    /// ```
    /// assert!(sapi_stock::approvals::Store::existing("/nonexistent".as_ref()).is_err());
    /// ```
    pub fn existing(folder: &Path) -> Result<Self, StoreError> {
        let pending = folder.join(State::Pending.to_string());
        match fs::metadata(&pending) {
            Ok(_) => Ok(Self::at(folder)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(StoreError::Missing(pending))
            }
            Err(error) => Err(named(&pending, &error).into()),
        }
    }

    /// The folder as it is, or as it would be after the service's first start: without a request in it.
    pub(super) fn rehearsing(folder: &Path) -> Result<Self, StoreError> {
        match Self::existing(folder) {
            Err(StoreError::Missing(_)) if parent(folder).is_dir() => Ok(Self::at(folder)),
            existing => existing,
        }
    }

    fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            purged: Mutex::default(),
        }
    }

    /// How a request stands; an unknown one is kept as pending, if there is room: `None` if not.
    ///
    /// # Errors
    ///
    /// When files cannot be read or written, or are not of their form.
    ///
    /// ```no_run
    /// # use sapi_stock::approvals::{Application, Limits, Store, StoreError};
    /// # fn f(store: &Store, application: Application, limits: &Limits) -> Result<(), StoreError> {
    /// match store.ask(application, limits)? {
    ///     Some(known) => println!("{}", known.state()),
    ///     None => println!("too much is pending"),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn ask(
        &self,
        application: Application,
        limits: &Limits,
    ) -> Result<Option<Application>, StoreError> {
        if let Some(known) = self.known(&application, limits)? {
            return Ok(Some(known));
        }
        let (client, sha256) = (&application.client, &application.sha256);
        let _lock = lock(&self.folder.join(LOCK))?;
        // Once more: somebody may have been quicker.
        if let Some(known) = self.known(&application, limits)? {
            return Ok(Some(known));
        }
        if let Some(forgotten) = self.find(client, sha256)? {
            self.remove(&forgotten)?;
        }
        if self.is_full(client, limits)? {
            self.purge(limits, application.received_at)?;
            if self.is_full(client, limits)? {
                return Ok(None);
            }
        }
        self.write(&application)?;
        Ok(Some(application))
    }

    /// How a request stands, unless it is unknown or forgotten.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    ///
    /// ```no_run
    /// # use sapi_stock::approvals::{Application, Limits, Store, StoreError};
    /// # fn f(store: &Store, application: &Application, limits: &Limits) -> Result<(), StoreError> {
    /// let known = store.known(application, limits)?;
    /// # Ok(()) }
    /// ```
    pub fn known(
        &self,
        application: &Application,
        limits: &Limits,
    ) -> Result<Option<Application>, StoreError> {
        let known = self.find(&application.client, &application.sha256)?;
        Ok(known.filter(|known| !too_old(known, limits, application.received_at)))
    }

    /// A request, by its client and SHA-256.
    ///
    /// # Errors
    ///
    /// When its file cannot be read, or is not of its form.
    ///
    /// ```no_run
    /// # use sapi_stock::approvals::{Store, StoreError};
    /// # fn f(store: &Store, csr: &sapi::CertRequest) -> Result<(), StoreError> {
    /// if let Some(application) = store.find("web01", &csr.sha256())? {
    ///     println!("{}", application.state());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn find(&self, client: &str, sha256: &str) -> Result<Option<Application>, StoreError> {
        // Where a process was killed between two folders, the stricter state counts.
        for state in [State::Rejected, State::Approved, State::Pending] {
            let path = self.path(state, client, sha256);
            match read(&path, state) {
                Ok(found) => return Ok(Some(found)),
                Err(StoreError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Every request that is kept, the oldest first.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is not of its form.
    ///
    /// ```no_run
    /// # use sapi_stock::approvals::{Store, StoreError};
    /// # fn f(store: &Store) -> Result<(), StoreError> {
    /// for application in store.list()? {
    ///     println!("{} {}", application.client, application.state());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> Result<Vec<Application>, StoreError> {
        let mut found: Vec<Application> = Vec::new();
        for state in [State::Rejected, State::Approved, State::Pending] {
            for path in self.files(state)? {
                match read(&path, state) {
                    Ok(next) => {
                        let same = |known: &Application| {
                            (&known.client, &known.sha256) == (&next.client, &next.sha256)
                        };
                        if !found.iter().any(same) {
                            found.push(next);
                        }
                    }
                    // Decided in this moment.
                    Err(StoreError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        found.sort_by(|a, b| {
            let key =
                |application: &Application| (application.received_at, application.client.clone());
            key(a).cmp(&key(b))
        });
        Ok(found)
    }

    /// Writes down a decision about a request that stands as the decider has seen it.
    ///
    /// # Errors
    ///
    /// When it stands otherwise by now, or files cannot be read or written.
    ///
    /// ```no_run
    /// # use sapi_stock::approvals::{Approval, Application, Decision, Store, StoreError};
    /// # fn f(store: &Store, seen: &Application, now: std::time::SystemTime) -> Result<(), StoreError> {
    /// store.decide(seen, Decision::Approved(Approval::by("alice", now)))?;
    /// # Ok(()) }
    /// ```
    pub fn decide(
        &self,
        seen: &Application,
        decision: Decision,
    ) -> Result<Application, StoreError> {
        let _lock = lock(&self.folder.join(LOCK))?;
        let now = self.find(&seen.client, &seen.sha256)?;
        if now.as_ref() != Some(seen) {
            return Err(StoreError::Changed {
                client: seen.client.clone(),
                now: now.map(Box::new),
            });
        }
        let decided = Application {
            decision: Some(decision),
            ..seen.clone()
        };
        self.write(&decided)?;
        for state in STATES.into_iter().filter(|state| *state != decided.state()) {
            self.remove_file(&self.path(state, &seen.client, &seen.sha256))?;
        }
        Ok(decided)
    }

    /// Forgets what is pending or rejected for too long; not more than once a minute.
    fn purge(&self, limits: &Limits, now: SystemTime) -> Result<(), StoreError> {
        let mut purged = self
            .purged
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let minute = Duration::from_secs(60);
        let since = purged.and_then(|last| now.duration_since(last).ok());
        if since.is_some_and(|since| since < minute) {
            return Ok(());
        }
        *purged = Some(now);
        for state in [State::Pending, State::Rejected] {
            for path in self.files(state)? {
                let old = read(&path, state)?;
                if too_old(&old, limits, now) {
                    self.remove_file(&path)?;
                }
            }
        }
        Ok(())
    }

    fn is_full(&self, client: &str, limits: &Limits) -> Result<bool, StoreError> {
        let pending = self.files(State::Pending)?;
        // Clients are letters and digits: the first hyphen ends their name.
        let own = |path: &&PathBuf| {
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            name.split_once('-')
                .is_some_and(|(owner, _)| owner == client)
        };
        Ok(pending.len() >= limits.in_all
            || pending.iter().filter(own).count() >= limits.per_client)
    }

    fn files(&self, state: State) -> Result<Vec<PathBuf>, StoreError> {
        let folder = self.folder.join(state.to_string());
        let read = || -> io::Result<Vec<PathBuf>> {
            let paths = fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path()));
            let paths: Vec<PathBuf> = paths.collect::<io::Result<_>>()?;
            let ours = |path: &PathBuf| {
                path.extension() == Some(OsStr::new("json"))
                    && !path
                        .file_name()
                        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
            };
            Ok(paths.into_iter().filter(ours).collect())
        };
        Ok(read().map_err(|error| named(&folder, &error))?)
    }

    fn write(&self, application: &Application) -> Result<(), StoreError> {
        let path = self.path(
            application.state(),
            &application.client,
            &application.sha256,
        );
        let mut text = serde_json::to_vec_pretty(application).map_err(io::Error::from)?;
        text.push(b'\n');
        Ok(replace(&path, &text)?)
    }

    fn remove(&self, application: &Application) -> Result<(), StoreError> {
        self.remove_file(&self.path(
            application.state(),
            &application.client,
            &application.sha256,
        ))
    }

    fn remove_file(&self, path: &Path) -> Result<(), StoreError> {
        match fs::remove_file(path) {
            Ok(()) => Ok(sync_folder(path.parent().unwrap_or(&self.folder))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(named(path, &error).into()),
        }
    }

    fn path(&self, state: State, client: &str, sha256: &str) -> PathBuf {
        let folder = self.folder.join(state.to_string());
        folder.join(format!("{client}-{sha256}.json"))
    }
}

/// An approval stands until it is withdrawn; anything else is forgotten some day.
fn too_old(application: &Application, limits: &Limits, now: SystemTime) -> bool {
    let since = match &application.decision {
        None => application.received_at,
        Some(Decision::Rejected(refusal)) => refusal.at,
        Some(Decision::Approved(_)) => return false,
    };
    now.duration_since(since)
        .is_ok_and(|age| age > limits.max_age)
}

fn read(path: &Path, state: State) -> Result<Application, StoreError> {
    let text = fs::read(path).map_err(|error| named(path, &error))?;
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
    Ok(application)
}

const STATES: [State; 3] = [State::Pending, State::Approved, State::Rejected];
const LOCK: &str = "approvals.lock";
