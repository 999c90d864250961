//! What is known of a journal without reading it again.

use std::collections::HashMap;
use std::path::Path;

use super::entry::{Event, Issued, Revoked};
use super::fault::JournalError;
use super::line::Head;
use super::lines::Entries;
use sapi::SerialNumber;

/// How far the journal was read, and what is needed of the lines so far.
#[derive(Debug)]
pub(super) struct Tail {
    pub(super) head: Head,
    pub(super) offset: u64,
    pub(super) revoked: HashMap<SerialNumber, Revoked>,
    pub(super) last_issued: Option<Box<Issued>>,
}

/// What reading on brought.
#[derive(Debug, Default)]
pub(super) struct News {
    /// A revocation, which changes lines of the index far from its end.
    pub(super) revoked: bool,
    /// A line without its end: of a writer that was killed, or still writes.
    pub(super) unfinished: Vec<u8>,
}

impl Tail {
    pub(super) fn new() -> Self {
        Self {
            head: Head::start(),
            offset: 0,
            revoked: HashMap::new(),
            last_issued: None,
        }
    }

    /// Reads what was written since, by this process or another.
    pub(super) fn catch_up(&mut self, path: &Path) -> Result<News, JournalError> {
        let mut entries = Entries::after(path, self.head.clone(), self.offset)?;
        let mut news = News::default();
        while let Some(entry) = entries.next().transpose()? {
            self.head = entries.head().clone();
            self.offset = entries.offset();
            match entry.event {
                Event::Issued(issued) => self.last_issued = Some(issued),
                Event::Revoked(revoked) => {
                    news.revoked = true;
                    self.revoked.insert(revoked.serial.clone(), revoked);
                }
            }
        }
        news.unfinished = entries.unfinished().to_vec();
        Ok(news)
    }
}
