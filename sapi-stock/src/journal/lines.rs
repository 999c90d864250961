//! Reads `journal.jsonl` from some line on, and checks the chain on the way.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::entry::Entry;
use super::fault::{Fault, JournalError};
use super::line::Head;
use crate::durable::named;

/// The entries of a journal, in their order. The last line counts once it has its line feed.
///
/// ```no_run
/// # fn f(journal: &sapi_stock::Journal) -> Result<(), sapi_stock::journal::JournalError> {
/// for entry in journal.entries()? {
///     println!("{:?}", entry?);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Entries {
    path: PathBuf,
    /// `None` while the journal has no file.
    file: Option<BufReader<File>>,
    head: Head,
    offset: u64,
    unfinished: Vec<u8>,
    ended: bool,
}

impl Entries {
    /// From the first line on.
    pub(super) fn all(path: &Path) -> Result<Self, JournalError> {
        Self::after(path, Head::start(), 0)
    }

    /// From a place on that was reached before.
    pub(super) fn after(path: &Path, head: Head, offset: u64) -> Result<Self, JournalError> {
        let file = match File::open(path) {
            Ok(mut file) => {
                let length = file.metadata().map_err(|error| named(path, &error))?.len();
                if length < offset {
                    return Err(shorter(&head));
                }
                file.seek(SeekFrom::Start(offset))
                    .map_err(|error| named(path, &error))?;
                Some(BufReader::new(file))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if offset > 0 {
                    return Err(shorter(&head));
                }
                None
            }
            Err(error) => return Err(named(path, &error).into()),
        };
        Ok(Self {
            path: path.to_owned(),
            file,
            head,
            offset,
            unfinished: Vec::new(),
            ended: false,
        })
    }

    /// The end of the chain, as far as it was read.
    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// The length of the lines read.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// What stood after the last line feed, once all is read.
    pub(super) fn unfinished(&self) -> &[u8] {
        &self.unfinished
    }

    fn read(&mut self) -> Result<Option<Entry>, JournalError> {
        let Some(file) = &mut self.file else {
            return Ok(None);
        };
        let mut line = Vec::new();
        file.read_until(b'\n', &mut line)
            .map_err(|error| named(&self.path, &error))?;
        if line.last() != Some(&b'\n') {
            self.unfinished = line;
            return Ok(None);
        }
        let entry = self.head.read(&line).map_err(|what| {
            let line = self.head.sequence + 1;
            let file = JOURNAL;
            JournalError::Fault(Fault { file, line, what })
        })?;
        self.head = self.head.after(&line);
        self.offset += line.len() as u64;
        Ok(Some(entry))
    }
}

/// After a fault nothing more comes: what follows a broken link proves nothing.
impl Iterator for Entries {
    type Item = Result<Entry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

fn shorter(head: &Head) -> JournalError {
    JournalError::Fault(Fault {
        file: JOURNAL,
        line: head.sequence,
        what: "is gone: the file is shorter than it was".into(),
    })
}

/// The name of its file.
pub(super) const JOURNAL: &str = "journal.jsonl";
