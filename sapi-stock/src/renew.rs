//! Renewal: a client with a certificate of this CA gets the same one again, for a new key.
//!
//! ```no_run
//! # fn f(journal: sapi_stock::Journal) {
//! let hook = sapi_stock::RenewByCertificate::new(&Default::default(), journal);
//! # }
//! ```

#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use sapi::async_trait;
use serde::{Deserialize, Deserializer};

use crate::decided_by::DecidedBy;
use crate::journal::Journal;
use sapi::{
    AltName, CertRequest, DistinguishedName, DraftCertificate, Issuer, PeerCertificate, Rejection,
    SerialNumber, SigningContext, SigningHooks, Terms, Validity, Verdict,
};

/// The table `[hooks.renew]` of the settings.
///
/// ```
/// // In sapi.toml the same as TOML.
/// let settings: sapi_stock::renew::Settings = serde_json::from_str(r#"{"window": "30d"}"#)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How long before its end a certificate may be renewed. Absent: at any time.
    #[serde(default, deserialize_with = "present")]
    window: Option<Duration>,
    /// How long after its end a certificate may still be renewed. Absent: not at all.
    #[serde(default, deserialize_with = "present")]
    after_expiry: Option<Duration>,
    /// How long the new certificate is valid. Absent: as long as the old one.
    validity: Option<Validity>,
}

fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    sapi::duration::deserialize(from).map(Some)
}

/// Grants the subject and the names of the client certificate that came with a request, for another key.
///
/// It refuses a revoked certificate, whatever other hooks say. It abstains from every request that is not a
/// renewal: without a client certificate, with one of another CA, with one that is not about to end or ended
/// too long ago, for other names, or for the same key.
///
/// ```no_run
/// # fn f(settings: &sapi_stock::renew::Settings) -> Result<(), sapi::BoxError> {
/// use sapi_stock::{Journal, RenewByCertificate};
///
/// let journal = Journal::open("/var/lib/sapi/journal".as_ref())?;
/// let renew = RenewByCertificate::new(settings, journal.clone());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct RenewByCertificate {
    settings: Settings,
    /// It knows what is revoked.
    journal: Journal,
}

impl RenewByCertificate {
    /// Renews certificates that the journal does not list as revoked.
    ///
    /// ```no_run
    /// # fn f(journal: sapi_stock::Journal) {
    /// let renew = sapi_stock::RenewByCertificate::new(&Default::default(), journal);
    /// # }
    /// ```
    #[must_use]
    pub fn new(settings: &Settings, journal: Journal) -> Self {
        Self {
            settings: settings.clone(),
            journal,
        }
    }

    async fn is_revoked(&self, serial: &SerialNumber) -> Result<bool, Rejection> {
        let (journal, serial) = (self.journal.clone(), serial.clone());
        Ok(tokio::task::spawn_blocking(move || journal.is_revoked(&serial)).await??)
    }
}

#[async_trait]
impl SigningHooks for RenewByCertificate {
    fn name(&self) -> &str {
        "renew"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let peer = cx.peer();
        let Some(certificate) = peer.certificate().or_else(|| peer.expired_certificate()) else {
            return Ok(Verdict::Abstain);
        };
        let Some(old) = OldCertificate::read(certificate, cx.issuer())? else {
            tracing::info!(
                "no renewal: the client certificate is of another authority, or of a form that is not renewed"
            );
            return Ok(Verdict::Abstain);
        };
        if self.is_revoked(&old.serial).await? {
            return Err(Rejection::denied("the client certificate is revoked"));
        }
        let why = self.settings.not_now(&old, cx.received_at());
        if let Some(why) = why.or_else(|| old.differs(cx.csr())) {
            tracing::info!("no renewal: {why}");
            return Ok(Verdict::Abstain);
        }
        let validity = self.settings.validity.unwrap_or_else(|| old.validity());
        let terms = Terms::valid_for(validity).with_names(old.names);
        cx.insert(DecidedBy(format!("certificate {}", old.serial)));
        cx.insert(RenewedSubject(old.subject));
        Ok(Verdict::Grant(terms))
    }

    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        if let Some(RenewedSubject(subject)) = cx.get() {
            draft.set_subject(subject.clone());
        }
        Ok(())
    }
}

impl Settings {
    fn not_now(&self, old: &OldCertificate, now: SystemTime) -> Option<&'static str> {
        match old.not_after.duration_since(now) {
            Ok(left) => {
                let early = self.window.is_some_and(|window| left > window);
                early
                    .then_some("the client certificate is valid for longer than hooks.renew.window")
            }
            Err(past) => {
                let late = self
                    .after_expiry
                    .is_none_or(|allowed| past.duration() > allowed);
                late.then_some(
                    "the client certificate expired longer ago than hooks.renew.after_expiry",
                )
            }
        }
    }
}

/// The subject that a renewed certificate keeps, byte for byte.
struct RenewedSubject(DistinguishedName);

/// The parts of the old certificate that a renewal needs.
struct OldCertificate {
    serial: SerialNumber,
    subject: DistinguishedName,
    names: Vec<AltName>,
    key: Vec<u8>,
    not_before: SystemTime,
    not_after: SystemTime,
}

impl OldCertificate {
    /// `None` if this CA did not issue it, or could not issue it again.
    fn read(peer: &PeerCertificate, issuer: &Issuer) -> Result<Option<Self>, ErrorStack> {
        let certificate = peer.as_openssl();
        // The operator may have let other authorities' certificates in (proxy.client_ca_file).
        if !certificate.verify(issuer.public_key())? {
            return Ok(None);
        }
        let serial = certificate.serial_number().to_bn()?.to_vec();
        let subject = certificate.subject_name().to_der()?;
        let key = certificate.public_key()?.public_key_to_der()?;
        let parts = (
            SerialNumber::from_be_bytes(&serial).ok(),
            DistinguishedName::from_der(&subject).ok(),
            peer.names().ok(),
        );
        let (Some(serial), Some(subject), Some(names)) = parts else {
            return Ok(None);
        };
        Ok(Some(Self {
            serial,
            subject,
            names,
            key,
            not_before: moment(certificate.not_before())?,
            not_after: moment(certificate.not_after())?,
        }))
    }

    /// What the request wants beyond a new key.
    fn differs(&self, csr: &CertRequest) -> Option<&'static str> {
        if csr.subject() != &self.subject {
            return Some("the request's subject is not the client certificate's");
        }
        if csr.names().iter().any(|name| !self.names.contains(name)) {
            return Some("the request asks for names that the client certificate does not have");
        }
        let key = csr.public_key().public_key_to_der();
        if key.is_ok_and(|key| key == self.key) {
            return Some("the request is for the client certificate's own key");
        }
        None
    }

    fn validity(&self) -> Validity {
        let length = self.not_after.duration_since(self.not_before);
        Validity::seconds(length.unwrap_or_default().as_secs())
    }
}

/// OpenSSL's time, to the second; before 1970 it is 1970.
fn moment(time: &Asn1TimeRef) -> Result<SystemTime, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(time)?;
    let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
    Ok(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}
