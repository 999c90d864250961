//! Mending what a writer that was killed has left.

use std::fs::OpenOptions;

use super::Journal;
use super::fault::JournalError;
use super::index::{self, INDEX, Standing};
use super::lines::JOURNAL;
use super::tail::Tail;
use crate::durable::{Readers, named, replace};

impl Journal {
    /// Reads what others wrote, and mends what they left. To be called under the write lock.
    pub(super) fn settle(&self, tail: &mut Tail) -> Result<(), JournalError> {
        let news = tail.catch_up(&self.file(JOURNAL))?;
        if !news.unfinished.is_empty() {
            self.set_aside(tail, &news.unfinished)?;
        }
        let last = tail.last_issued.as_deref();
        let last = last.map(|issued| index::row(issued, tail.revoked.get(&issued.serial)));
        let whole = last.is_none_or(|row| index::ends_with(&self.file(INDEX), &row));
        if news.revoked || !whole {
            self.mend_index()?;
        }
        Ok(())
    }

    /// Moves the half line of a writer that was killed out of the way: its certificate was never handed out.
    fn set_aside(&self, tail: &Tail, unfinished: &[u8]) -> Result<(), JournalError> {
        let name = format!("{JOURNAL}.unfinished-{}", tail.head.sequence + 1);
        let mut free = self.file(&name);
        for number in 2.. {
            if !free.exists() {
                break;
            }
            free = self.file(&format!("{name}-{number}"));
        }
        replace(&free, unfinished, Readers::OwnerAndGroup)?;
        let path = self.file(JOURNAL);
        let cut = || {
            let file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(tail.offset)?;
            file.sync_all()
        };
        cut().map_err(|error| named(&path, &error))?;
        tracing::warn!(
            "{}: its last line, of a writer that was killed, is unfinished: moved to {}",
            path.display(),
            free.display()
        );
        Ok(())
    }

    pub(super) fn mend_index(&self) -> Result<(), JournalError> {
        let path = self.file(INDEX);
        let records = self.for_index()?;
        if index::compare(&path, &records)? == Standing::Same && path.exists() {
            return Ok(());
        }
        if !records.is_empty() {
            tracing::warn!(
                "{}: lacks what the journal has: written anew",
                path.display()
            );
        }
        Ok(index::rebuild(&path, &records)?)
    }
}
