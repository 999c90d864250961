//! A record of every certificate, in two forms: `journal.jsonl`, in which no line can be changed unseen,
//! and `index.txt`, the database of `openssl ca`.
//!
//! A folder contains both. One process writes at a time, by a lock on `journal.lock`; any number read. The
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
mod records;
mod settings;
mod tail;
#[cfg(test)]
mod tests;
mod verify;
mod writing;

use std::fs::{self, File};
use std::io::{self, ErrorKind::NotFound};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::durable::{Readers, lock, lock_shared, make_folder, named, parent, replace};
pub use entry::{Entry, Event, Issued, Record, Revoked};
pub use fault::{Fault, JournalError};
use index::INDEX;
pub use lines::Entries;
use lines::JOURNAL;
pub use reason::{Reason, UnknownReason};
use sapi::SerialNumber;
pub use settings::Settings;
use tail::Tail;
pub use verify::Summary;

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
            replace(
                &attributes,
                b"unique_subject = no\n",
                Readers::OwnerAndGroup,
            )?;
        }
        drop(tail);
        Ok(journal)
    }

    /// The journal in a folder, to be read alone: nothing is made or mended, no lock is needed.
    ///
    /// # Errors
    ///
    /// When the journal is missing.
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

    /// The folder.
    ///
    /// ```no_run
    /// # fn f(journal: &sapi_stock::Journal) { let index = journal.folder().join("index.txt"); }
    /// ```
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
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

/// What `openssl ca` wants to know about its index.
const ATTRIBUTES: &str = "index.txt.attr";
const LOCK: &str = "journal.lock";
