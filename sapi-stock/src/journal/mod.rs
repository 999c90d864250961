//! A record of every certificate, in two forms: `journal.jsonl`, in which no line can be changed unseen,
//! and `index.txt`, the database of `openssl ca`.
//!
//! A folder holds both. One process writes at a time, by a lock on `journal.lock`; any number read. The
//! lines of `journal.jsonl` are chained by their hashes; `index.txt` can be derived from them, and is
//! where a process was killed between the two.
//!
//! ```no_run
//! # fn f() -> Result<(), sapi_stock::journal::JournalError> {
//! let journal = sapi_stock::Journal::open("/var/lib/sapi/journal".as_ref())?;
//! println!("{} certificates", journal.verify()?.issued);
//! # Ok(()) }
//! ```

mod entry;
mod fault;
mod hook;
mod index;
mod line;
mod lines;
mod mend;
mod reason;
mod serial;
mod tail;
#[cfg(test)]
mod tests;
mod verify;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind::NotFound};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::durable::{lock, lock_shared, make_folder, named, parent, replace, sync_folder};
pub use entry::{Entry, Event, Issued, Record, Revoked};
pub use fault::{Fault, JournalError};
use index::CompareError;
pub use lines::Entries;
pub use reason::{Reason, UnknownReason};
use sapi::SerialNumber;
pub use serial::parse_serial;
use tail::Tail;
pub use verify::Summary;

/// The table `[hooks.journal]` of the settings.
///
/// ```
/// // In sapi.toml the same as TOML.
/// let settings: sapi_stock::journal::Settings =
///     serde_json::from_str(r#"{"folder": "/var/lib/sapi/journal"}"#)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The folder; made if missing.
    pub folder: PathBuf,
}

/// The journal in a folder. Clones share what they know of it.
///
/// As a hook it writes down what was signed, and grants nothing: a certificate that cannot be written
/// down is withheld. All its methods block: call them outside of async code, or on a thread that may wait.
///
/// ```
/// use sapi_stock::Journal;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path().join("journal");
/// let journal = Journal::open(&folder)?;
/// assert_eq!(journal.verify()?.issued, 0);
/// # Ok::<(), sapi_stock::journal::JournalError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
    tail: Arc<Mutex<Tail>>,
    /// Nothing is written then, not even when the hook boots.
    rehearsal: bool,
}

impl Journal {
    /// Opens the journal in a folder, which is made if missing, and mends what a writer that was killed
    /// has left: half a line is moved aside, an index that lacks lines is written anew.
    ///
    /// # Errors
    ///
    /// When the files cannot be read and written, or a line is not what was written.
    ///
    /// ```no_run
    /// let journal = sapi_stock::Journal::open("/var/lib/sapi/journal".as_ref())?;
    /// # Ok::<(), sapi_stock::journal::JournalError>(())
    /// ```
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        make_folder(folder)?;
        let journal = Self::at(folder);
        let mut tail = journal.tail();
        let _lock = journal.write_lock()?;
        journal.settle(&mut tail)?;
        journal.mend_index()?;
        let attributes = journal.file(ATTRIBUTES);
        if !attributes.exists() {
            // Certificates are renewed under the same subject.
            replace(&attributes, b"unique_subject = no\n")?;
        }
        drop(tail);
        Ok(journal)
    }

    /// The journal in a folder, to be read alone: nothing is made or mended, no lock is needed.
    ///
    /// # Errors
    ///
    /// When there is no journal.
    ///
    /// ```
    /// assert!(sapi_stock::Journal::read_only("/nonexistent".as_ref()).is_err());
    /// ```
    pub fn read_only(folder: &Path) -> Result<Self, JournalError> {
        let journal = Self::at(folder);
        let path = journal.file(INDEX);
        match fs::metadata(&path) {
            Ok(_) => Ok(journal),
            Err(error) => Err(named(&path, &error).into()),
        }
    }

    /// The journal as a hook of a rehearsal: as [`read_only`](Self::read_only), but one that the service
    /// would make at its first start is taken as empty.
    ///
    /// # Errors
    ///
    /// When the folder can be neither read nor made.
    ///
    /// ```
    /// # let place = tempfile::tempdir().unwrap();
    /// let journal = sapi_stock::Journal::rehearsing(&place.path().join("journal"))?;
    /// assert!(!place.path().join("journal").exists());
    /// # Ok::<(), sapi_stock::journal::JournalError>(())
    /// ```
    pub fn rehearsing(folder: &Path) -> Result<Self, JournalError> {
        let journal = match Self::read_only(folder) {
            Err(JournalError::Io(error)) if error.kind() == NotFound && parent(folder).is_dir() => {
                Self::at(folder)
            }
            existing => existing?,
        };
        Ok(Self {
            rehearsal: true,
            ..journal
        })
    }

    fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            tail: Arc::new(Mutex::new(Tail::new())),
            rehearsal: false,
        }
    }

    /// Writes down a certificate; when this returns it is on the disk, in both forms.
    ///
    /// # Errors
    ///
    /// When it could not be written.
    ///
    /// ```no_run
    /// # fn f(journal: &sapi_stock::Journal, cx: &sapi::SigningContext, cert: &sapi::IssuedCertificate)
    /// #     -> Result<(), sapi_stock::journal::JournalError> {
    /// use sapi_stock::journal::Issued;
    /// journal.append(Issued::of(cx, cert), cx.received_at())?;
    /// # Ok(()) }
    /// ```
    pub fn append(&self, issued: Issued, time: SystemTime) -> Result<(), JournalError> {
        let mut tail = self.tail();
        let _lock = self.write_lock()?;
        self.settle(&mut tail)?;
        let row = index::row(&issued, None);
        self.write(&mut tail, time, Event::Issued(Box::new(issued)))?;
        Ok(index::append(&self.file(INDEX), &row)?)
    }

    /// Revokes a certificate: from when this returns, [`is_revoked`](Self::is_revoked) says so in every
    /// process.
    ///
    /// # Errors
    ///
    /// When the journal does not have it, when it is revoked already for another reason than
    /// [`Reason::CertificateHold`], or when that cannot be written.
    ///
    /// ```no_run
    /// # fn f(journal: &sapi_stock::Journal, now: std::time::SystemTime)
    /// #     -> Result<(), sapi_stock::journal::JournalError> {
    /// use sapi_stock::journal::{Reason, parse_serial};
    /// let serial = parse_serial("5a17").unwrap();
    /// journal.revoke(&serial, Reason::KeyCompromise, now)?;
    /// # Ok(()) }
    /// ```
    pub fn revoke(
        &self,
        serial: &SerialNumber,
        reason: Reason,
        time: SystemTime,
    ) -> Result<(), JournalError> {
        let mut tail = self.tail();
        let _lock = self.write_lock()?;
        self.settle(&mut tail)?;
        if self.find(|issued| issued.serial == *serial)?.is_empty() {
            return Err(JournalError::Unknown(serial.clone()));
        }
        if let Some(before) = tail.revoked.get(serial)
            && (before.reason != Reason::CertificateHold || reason == Reason::CertificateHold)
        {
            return Err(JournalError::AlreadyRevoked(serial.clone()));
        }
        let revoked = Revoked {
            serial: serial.clone(),
            reason,
            revoked_at: time,
        };
        self.write(&mut tail, time, Event::Revoked(revoked))?;
        Ok(index::rebuild(&self.file(INDEX), &self.for_index()?)?)
    }

    /// Whether a certificate is revoked, by whichever process. Only what was written since the last call is read.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read or is not what was written: then nobody should be renewed.
    ///
    /// ```no_run
    /// # fn f(journal: &sapi_stock::Journal, serial: &sapi::SerialNumber)
    /// #     -> Result<(), sapi_stock::journal::JournalError> {
    /// if journal.is_revoked(serial)? { println!("no"); }
    /// # Ok(()) }
    /// ```
    pub fn is_revoked(&self, serial: &SerialNumber) -> Result<bool, JournalError> {
        let mut tail = self.tail();
        tail.catch_up(&self.file(JOURNAL))?;
        Ok(tail.revoked.contains_key(serial))
    }

    /// All lines in their order; the chain is checked on the way.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened.
    ///
    /// ```no_run
    /// # fn f(journal: &sapi_stock::Journal) -> Result<(), sapi_stock::journal::JournalError> {
    /// for entry in journal.entries()? { println!("{}", entry?.sequence); }
    /// # Ok(()) }
    /// ```
    pub fn entries(&self) -> Result<Entries, JournalError> {
        Entries::all(&self.file(JOURNAL))
    }

    /// The certificates that are wanted, in the order of their issuance, each with its revocation.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read, or is not what was written.
    ///
    /// ```no_run
    /// # fn f(journal: &sapi_stock::Journal) -> Result<(), sapi_stock::journal::JournalError> {
    /// let of_web01 = journal.find(|issued| issued.client == "web01")?;
    /// # Ok(()) }
    /// ```
    pub fn find(&self, wanted: impl Fn(&Issued) -> bool) -> Result<Vec<Record>, JournalError> {
        self.gather(|issued| wanted(&issued).then_some(issued))
    }

    /// What the index is made of: every certificate, but not in full.
    fn for_index(&self) -> Result<Vec<Record>, JournalError> {
        self.gather(|issued| {
            Some(Issued {
                certificate: String::new(),
                ..issued
            })
        })
    }

    fn gather(&self, keep: impl Fn(Issued) -> Option<Issued>) -> Result<Vec<Record>, JournalError> {
        let mut found = Vec::new();
        let mut revoked = HashMap::new();
        for entry in self.entries()? {
            let entry = entry?;
            match entry.event {
                Event::Issued(issued) => found.extend(keep(*issued).map(|issued| Record {
                    time: entry.time,
                    issued,
                    revoked: None,
                })),
                Event::Revoked(event) => {
                    revoked.insert(event.serial.clone(), event);
                }
            }
        }
        for record in &mut found {
            record.revoked = revoked.get(&record.issued.serial).cloned();
        }
        Ok(found)
    }

    /// The folder.
    ///
    /// ```no_run
    /// # fn f(journal: &sapi_stock::Journal) { let index = journal.folder().join("index.txt"); }
    /// ```
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn write(&self, tail: &mut Tail, time: SystemTime, event: Event) -> Result<(), JournalError> {
        let path = self.file(JOURNAL);
        let line = tail.head.join(time, event).map_err(io::Error::from)?;
        let fresh = tail.offset == 0;
        index::append_bytes(&path, &line)?;
        if fresh {
            // A new file's name lasts only once its folder is on the disk too.
            sync_folder(&self.folder)?;
        }
        tail.catch_up(&path)?;
        Ok(())
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_lock(&self) -> io::Result<File> {
        lock(&self.file(LOCK))
    }

    fn read_lock(&self) -> io::Result<Option<File>> {
        lock_shared(&self.file(LOCK))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl From<CompareError> for JournalError {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::Io(error) => Self::Io(error),
            CompareError::Fault(fault) => Self::Fault(fault),
        }
    }
}

const JOURNAL: &str = "journal.jsonl";
const INDEX: &str = "index.txt";
/// What `openssl ca` wants to know about its index.
const ATTRIBUTES: &str = "index.txt.attr";
const LOCK: &str = "journal.lock";
