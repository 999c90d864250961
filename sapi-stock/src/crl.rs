//! The revocation list of a CA, made from the journal.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::x509::{X509, X509Crl, X509Ref};

use super::crl_error::CrlError;
use super::crl_number::CrlNumber;
use super::durable::{Readers, lock_folder, replace};
use super::journal::Journal;
use sapi::{Identity, RevocationList, RevokedEntry};

/// Where a CA's revocation list comes from and where it goes: `ca.crl`, in DER for the distribution point, and
/// `ca.crl.pem`.
///
/// The number of the next list is in `crlnumber` beside the journal, as `openssl ca` has it.
///
/// ```no_run
/// # fn f(identity: &sapi::Identity, now: std::time::SystemTime) -> Result<(), sapi::BoxError> {
/// use std::{path::Path, time::Duration};
/// use sapi_stock::{Crl, Journal};
///
/// let journal = Journal::read_only(Path::new("/var/lib/sapi/journal"))?;
/// let crl = Crl { journal: &journal, folder: Path::new("/var/lib/sapi-crl") };
/// let written = crl.write(identity, Duration::from_secs(7 * 24 * 3600), now)?;
/// println!("{} revoked", written.entries);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Crl<'a> {
    /// What was revoked.
    pub journal: &'a Journal,
    /// Where the list is published.
    pub folder: &'a Path,
}

/// A list that was published.
///
/// ```no_run
/// # fn f(published: &sapi_stock::PublishedCrl) {
/// println!("{} certificates on it", published.entries);
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PublishedCrl {
    /// Its number.
    pub number: u64,
    /// How many certificates are on it.
    pub entries: usize,
    /// When it was made.
    pub this_update: SystemTime,
    /// When there will be another at the latest.
    pub next_update: SystemTime,
    /// Its files.
    pub written: Vec<PathBuf>,
}

impl Crl<'_> {
    /// Makes a list of all that the journal says is revoked of this CA, valid so long, and publishes it.
    ///
    /// One process does so at a time. The number is taken, on the disk, before the list is published: a number
    /// may be left out where a process was killed, but never come twice.
    ///
    /// # Errors
    ///
    /// When the CA's certificate is not valid at `now`, or the journal cannot be read, the list not signed,
    /// or a file not written.
    ///
    /// ```no_run
    /// # fn f(crl: sapi_stock::Crl<'_>, identity: &sapi::Identity, now: std::time::SystemTime) {
    /// let _ = crl.write(identity, std::time::Duration::from_secs(7 * 24 * 3600), now);
    /// # }
    /// ```
    pub fn write(
        &self,
        identity: &Identity,
        validity: Duration,
        now: SystemTime,
    ) -> Result<PublishedCrl, CrlError> {
        if !identity.issuer().is_valid_at(now) {
            return Err(CrlError::CaNotValid);
        }
        let _lock = lock_folder(self.journal.folder())?;
        let certificate = identity.issuer().certificate();
        let entries = self.revoked(certificate)?;
        let number = CrlNumber::beside(self.journal).take(self.published_number(certificate))?;
        // A clock may have gone back since the newest revocation.
        let newest = entries.iter().map(|entry| entry.revoked_at).max();
        let this_update = newest.map_or(now, |newest| newest.max(now));
        let list = RevocationList {
            number,
            this_update,
            next_update: this_update.checked_add(validity).ok_or(CrlError::TooLong)?,
            entries,
        };
        let signed = identity.sign_revocation_list(&list)?;
        let publish =
            |name, content: &[u8]| replace(&self.folder.join(name), content, Readers::Everybody);
        publish(PEM, signed.pem().as_bytes())?;
        publish(DER, signed.der())?;
        Ok(PublishedCrl {
            number,
            entries: list.entries.len(),
            this_update,
            next_update: list.next_update,
            written: [DER, PEM].map(|name| self.folder.join(name)).into(),
        })
    }

    /// Whether another list is due: this CA has no list, half of its time is over, or something was revoked
    /// since. It needs no key.
    ///
    /// # Errors
    ///
    /// When the journal or the CA's certificate cannot be read.
    ///
    /// ```no_run
    /// # fn f(crl: sapi_stock::Crl<'_>, ca: &openssl::x509::X509Ref, now: std::time::SystemTime) {
    /// let due = crl.is_due(ca, now);
    /// # }
    /// ```
    pub fn is_due(&self, ca: &X509Ref, now: SystemTime) -> Result<bool, CrlError> {
        let Some(published) = self.published(ca) else {
            return Ok(true);
        };
        let Some(next_update) = published.next_update() else {
            return Ok(true);
        };
        let this_update = moment(published.last_update())?;
        let half = moment(next_update)?
            .duration_since(this_update)
            .unwrap_or_default()
            / 2;
        if now >= this_update + half {
            return Ok(true);
        }
        let entries = self.revoked(ca)?;
        let listed = published.get_revoked().map_or(0, |entries| entries.len());
        Ok(listed != entries.len() || entries.iter().any(|entry| entry.revoked_at > this_update))
    }

    /// All revocations under this CA's name, whichever key signed: a list belongs to an issuer's name
    /// (RFC 5280 section 5).
    fn revoked(&self, ca: &X509Ref) -> Result<Vec<RevokedEntry>, CrlError> {
        let name = ca.subject_name().to_der()?;
        let mut entries = Vec::new();
        for record in self.journal.find(|_| true)? {
            let Some(revoked) = record.revoked else {
                continue;
            };
            let certificate = X509::from_pem(record.issued.certificate.as_bytes())?;
            if certificate.issuer_name().to_der()? == name {
                entries.push(RevokedEntry {
                    serial: revoked.serial,
                    revoked_at: revoked.revoked_at,
                    reason: revoked.reason.code(),
                });
            }
        }
        Ok(entries)
    }

    /// The list that is published, if it is this CA's.
    fn published(&self, ca: &X509Ref) -> Option<X509Crl> {
        let list = X509Crl::from_der(&fs::read(self.folder.join(DER)).ok()?).ok()?;
        let key = ca.public_key().ok()?;
        list.verify(&key).ok()?.then_some(list)
    }

    /// For a `crlnumber` that was lost: no number comes twice.
    fn published_number(&self, ca: &X509Ref) -> u64 {
        self.published(ca)
            .and_then(|list| {
                let (_, number) = list.extension::<openssl::x509::CrlNumber>().ok()??;
                let octets = number.to_bn().ok()?.to_vec();
                octets.iter().try_fold(0_u64, |number, octet| {
                    number.checked_mul(256)?.checked_add(u64::from(*octet))
                })
            })
            .unwrap_or(0)
    }
}

fn moment(time: &Asn1TimeRef) -> Result<SystemTime, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(time)?;
    let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
    let seconds = u64::try_from(seconds).unwrap_or(0);
    Ok(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

const DER: &str = "ca.crl";
const PEM: &str = "ca.crl.pem";
