//! `Store`: the requests that wait for people, and what was decided about them.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::application::{Application, State};
use super::decision::Decision;
use super::limits::Limits;
use super::request_files::{RequestFiles, is_of};
use super::store_error::StoreError;
use crate::durable::parent;

/// Where requests and decisions are kept.
///
/// A change takes a lock that other processes respect; reading needs no lock. All methods block.
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
    files: RequestFiles,
    /// When this process last looked for what is too old.
    purged: Mutex<Option<SystemTime>>,
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
        Ok(Self::over(RequestFiles::make(folder)?))
    }

    /// The folder as it is, for reading; nothing is made.
    ///
    /// # Errors
    ///
    /// When the folder is missing.
    ///
    /// ```
    /// assert!(sapi_stock::approvals::Store::existing("/nonexistent".as_ref()).is_err());
    /// ```
    pub fn existing(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self::over(RequestFiles::existing(folder)?))
    }

    /// The folder as it is, or as it would be after the service's first start: without a request in it.
    pub(super) fn rehearsing(folder: &Path) -> Result<Self, StoreError> {
        match Self::existing(folder) {
            Err(StoreError::Missing(_)) if parent(folder).is_dir() => {
                Ok(Self::over(RequestFiles::at(folder)))
            }
            existing => existing,
        }
    }

    fn over(files: RequestFiles) -> Self {
        Self {
            files,
            purged: Mutex::default(),
        }
    }

    /// The state of a request. An unknown one is kept as pending if there is room; `None` if not.
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
        let _lock = self.files.lock()?;
        // Once more: somebody may have been quicker.
        if let Some(known) = self.known(&application, limits)? {
            return Ok(Some(known));
        }
        if let Some(forgotten) = self.find(client, sha256)? {
            self.files.remove(&forgotten)?;
        }
        if self.is_full(client, limits)? {
            self.purge(limits, application.received_at)?;
            if self.is_full(client, limits)? {
                return Ok(None);
            }
        }
        self.files.write(&application)?;
        Ok(Some(application))
    }

    /// The state of a request, unless it is unknown or forgotten.
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
        Ok(known.filter(|known| !limits.forgets(known, application.received_at)))
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
        for state in STRICTEST_FIRST {
            let path = self.files.path(state, client, sha256);
            if let Some(found) = self.files.read(&path, state)? {
                return Ok(Some(found));
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
        for state in STRICTEST_FIRST {
            for path in self.files.list(state)? {
                // A file that is gone was decided in this moment.
                let Some(next) = self.files.read(&path, state)? else {
                    continue;
                };
                let same = |known: &Application| {
                    (&known.client, &known.sha256) == (&next.client, &next.sha256)
                };
                if !found.iter().any(same) {
                    found.push(next);
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

    /// Records a decision about a request, if it is still as the decider has seen it.
    ///
    /// # Errors
    ///
    /// When it has changed meanwhile, or files cannot be read or written.
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
        let _lock = self.files.lock()?;
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
        self.files.write(&decided)?;
        for state in STRICTEST_FIRST {
            if state != decided.state() {
                let path = self.files.path(state, &seen.client, &seen.sha256);
                self.files.remove_file(&path)?;
            }
        }
        Ok(decided)
    }

    /// Forgets what is pending or rejected for too long; not more than once a minute.
    fn purge(&self, limits: &Limits, now: SystemTime) -> Result<(), StoreError> {
        let mut purged = self.purged.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = Duration::from_secs(60);
        let since = purged.and_then(|last| now.duration_since(last).ok());
        if since.is_some_and(|since| since < minute) {
            return Ok(());
        }
        *purged = Some(now);
        for state in [State::Pending, State::Rejected] {
            for path in self.files.list(state)? {
                let old = self.files.read(&path, state)?;
                if old.is_some_and(|old| limits.forgets(&old, now)) {
                    self.files.remove_file(&path)?;
                }
            }
        }
        Ok(())
    }

    fn is_full(&self, client: &str, limits: &Limits) -> Result<bool, StoreError> {
        let pending = self.files.list(State::Pending)?;
        let own = pending.iter().filter(|path| is_of(path, client)).count();
        Ok(pending.len() >= limits.in_all || own >= limits.per_client)
    }
}

/// Where a process was killed between two folders, the stricter state counts.
const STRICTEST_FIRST: [State; 3] = [State::Rejected, State::Approved, State::Pending];
