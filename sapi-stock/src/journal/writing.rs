//! Writing the journal: a certificate, or its revocation.

use std::io;
use std::time::SystemTime;

use sapi::SerialNumber;

use super::Journal;
use super::entry::{Event, Issued, Revoked};
use super::fault::JournalError;
use super::index::{self, INDEX};
use super::lines::JOURNAL;
use super::reason::Reason;
use super::tail::Tail;
use crate::durable::sync_folder;

impl Journal {
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
    /// # let serial: sapi::SerialNumber = "5a17".parse().unwrap();
    /// use sapi_stock::journal::Reason;
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
}
