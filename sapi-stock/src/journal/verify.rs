//! The check that the journal is what was written.

use std::collections::HashSet;

use openssl::hash::{MessageDigest, hash};
use openssl::x509::X509;

use super::Journal;
use super::entry::{Event, Issued};
use super::fault::{Fault, JournalError};
use super::index::{self, INDEX, Standing};
use super::lines::JOURNAL;
use sapi::SerialNumber;

/// A journal that is what was written.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let journal = sapi_stock::Journal::open(folder.path()).unwrap();
/// let summary = journal.verify()?;
/// assert_eq!((summary.issued, summary.revoked), (0, 0));
/// # Ok::<(), sapi_stock::journal::JournalError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// How many lines there are.
    pub lines: u64,
    /// How many certificates were issued.
    pub issued: u64,
    /// How many of them are revoked.
    pub revoked: u64,
    /// The SHA-256 of the last line. Kept elsewhere, it shows later that nothing was cut off.
    pub head: String,
    /// The octets of an unfinished last line, which the next writer will move aside.
    pub unfinished: u64,
    /// Whether `index.txt` lacks something, which the next writer will add.
    pub index_behind: bool,
}

impl Journal {
    /// Reads everything: every line is as it was written and follows the one before, every certificate
    /// is the one its line speaks of, and `index.txt` says nothing else.
    ///
    /// # Errors
    ///
    /// [`Fault`] for the first line that is not what was written; or the file that cannot be read.
    ///
    /// ```no_run
    /// # fn f(journal: &sapi_stock::Journal) -> Result<(), sapi_stock::journal::JournalError> {
    /// println!("{}", journal.verify()?.head);
    /// # Ok(()) }
    /// ```
    pub fn verify(&self) -> Result<Summary, JournalError> {
        self.verify_since(None)
    }

    /// The same; and the chain still has the line whose SHA-256 was noted before.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify); and a [`Fault`] when no line has the noted hash.
    ///
    /// ```no_run
    /// # fn f(journal: &sapi_stock::Journal, noted: &str) -> Result<(), sapi_stock::journal::JournalError> {
    /// journal.verify_since(Some(noted))?;
    /// # Ok(()) }
    /// ```
    pub fn verify_since(&self, noted: Option<&str>) -> Result<Summary, JournalError> {
        // A writer in the middle of its work would look like one that was killed.
        let _lock = self.read_lock()?;
        let mut entries = self.entries()?;
        let (mut issued, mut revoked) = (HashSet::new(), HashSet::new());
        let mut noted_found = noted.is_none_or(|noted| noted == entries.head().sha256);
        while let Some(entry) = entries.next().transpose()? {
            let fault = |what: String| Fault {
                file: JOURNAL,
                line: entry.sequence,
                what,
            };
            match &entry.event {
                Event::Issued(event) => {
                    check_certificate(event).map_err(fault)?;
                    if !issued.insert(event.serial.clone()) {
                        let what = format!(
                            "a second certificate with the serial number {}",
                            event.serial
                        );
                        return Err(fault(what).into());
                    }
                }
                Event::Revoked(event) => {
                    if !issued.contains(&event.serial) {
                        let what = format!("revokes {}, which was not issued before", event.serial);
                        return Err(fault(what).into());
                    }
                    revoked.insert(event.serial.clone());
                }
            }
            noted_found |= noted.is_some_and(|noted| noted == entries.head().sha256);
        }
        let head = entries.head().clone();
        if !noted_found {
            return Err(JournalError::Fault(Fault {
                file: JOURNAL,
                line: head.sequence,
                what: format!(
                    "is the last, and none has the hash {} that was noted: lines were cut off or exchanged",
                    noted.unwrap_or_default()
                ),
            }));
        }
        let standing = index::compare(&self.file(INDEX), &self.for_index()?)?;
        Ok(Summary {
            lines: head.sequence,
            issued: issued.len() as u64,
            revoked: revoked.len() as u64,
            head: head.sha256,
            unfinished: entries.unfinished().len() as u64,
            index_behind: standing == Standing::Behind,
        })
    }
}

/// The certificate is the one the line speaks of.
fn check_certificate(issued: &Issued) -> Result<(), String> {
    let unreadable = |error: openssl::error::ErrorStack| format!("its certificate: {error}");
    let certificate = X509::from_pem(issued.certificate.as_bytes()).map_err(unreadable)?;
    let der = certificate.to_der().map_err(unreadable)?;
    let digest = hash(MessageDigest::sha256(), &der).map_err(unreadable)?;
    let fingerprint: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let serial = certificate.serial_number().to_bn().map_err(unreadable)?;
    if fingerprint != issued.fingerprint
        || SerialNumber::from_be_bytes(&serial.to_vec()).ok().as_ref() != Some(&issued.serial)
    {
        return Err("its certificate is another one".into());
    }
    Ok(())
}
