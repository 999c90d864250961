//! Reading the journal: all its lines, or the certificates that are wanted.

use std::collections::HashMap;

use super::Journal;
use super::entry::{Event, Issued, Record};
use super::fault::JournalError;
use super::lines::{Entries, JOURNAL};

impl Journal {
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
    pub(super) fn for_index(&self) -> Result<Vec<Record>, JournalError> {
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
}
