//! What the journal says of one certificate.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::reason::Reason;
use crate::decided_by::DecidedBy;
use crate::moment;
use sapi::{DistinguishedName, IssuedCertificate, SerialNumber, SigningContext};

/// One line of the journal.
///
/// ```
/// # fn f(journal: &sapi_stock::Journal) -> Result<(), sapi_stock::journal::JournalError> {
/// for entry in journal.entries()? {
///     let entry = entry?;
///     println!("{} {:?}", entry.sequence, entry.event);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The number of the line, from 1.
    pub sequence: u64,
    /// The SHA-256 of the line before, its line feed included; for the first line, of the empty string.
    pub previous: String,
    /// When it was written, by the clock of the request.
    #[serde(with = "moment")]
    pub time: SystemTime,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened to a certificate.
///
/// ```
/// use sapi_stock::journal::Event;
/// # fn f(event: &Event) {
/// match event {
///     Event::Issued(issued) => println!("{} for {}", issued.serial, issued.client),
///     Event::Revoked(revoked) => println!("{} revoked", revoked.serial),
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// It was signed.
    Issued(Box<Issued>),
    /// It was revoked.
    Revoked(Revoked),
}

/// A certificate as it was issued.
///
/// ```no_run
/// # fn f(issued: &sapi_stock::journal::Issued) { print!("{}", issued.certificate); }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    /// The serial number, in JSON as lower-case hex.
    pub serial: SerialNumber,
    /// Who asked.
    pub client: String,
    /// The id of the request, as the audit log has it.
    pub request_id: String,
    /// The SHA-256 of the request.
    pub request_sha256: String,
    /// The subject by RFC 4514.
    pub subject: String,
    /// The subject as `index.txt` has it.
    pub subject_line: String,
    /// The alternative names, `DNS:www.example.com`.
    pub names: Vec<String>,
    /// When the certificate becomes valid.
    #[serde(with = "moment")]
    pub not_before: SystemTime,
    /// Its last second.
    #[serde(with = "moment")]
    pub not_after: SystemTime,
    /// The SHA-256 of the certificate.
    pub fingerprint: String,
    /// The SHA-256 of its SubjectPublicKeyInfo.
    pub public_key_sha256: String,
    /// The hooks that granted it, by their names.
    pub granted_by: Vec<String>,
    /// Who decided behind the hooks, where one of them has left that as a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The certificate as PEM.
    pub certificate: String,
}

impl Issued {
    /// What there is to say of a certificate just signed.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext, cert: &sapi::IssuedCertificate) {
    /// let issued = sapi_stock::journal::Issued::of(cx, cert);
    /// # }
    /// ```
    #[must_use]
    pub fn of(cx: &SigningContext, cert: &IssuedCertificate) -> Self {
        Self {
            serial: cert.serial().clone(),
            client: cx.client().to_string(),
            request_id: cx.request_id().to_owned(),
            request_sha256: cx.csr().sha256(),
            subject: cert.subject().to_string(),
            subject_line: subject_line(cert.subject()),
            names: cert.names().iter().map(ToString::to_string).collect(),
            not_before: cert.not_before(),
            not_after: cert.not_after(),
            fingerprint: cert.fingerprint(),
            public_key_sha256: cx.csr().public_key_sha256(),
            granted_by: cx.granted_by().to_vec(),
            decided_by: cx.get::<DecidedBy>().map(|note| note.0.clone()),
            certificate: cert.pem().to_owned(),
        }
    }
}

/// A revocation.
///
/// ```
/// use sapi::SerialNumber;
/// use sapi_stock::journal::{Reason, Revoked};
/// use std::time::SystemTime;
///
/// let revoked = Revoked {
///     serial: SerialNumber::from_be_bytes(&[7]).unwrap(),
///     reason: Reason::KeyCompromise,
///     revoked_at: SystemTime::UNIX_EPOCH,
/// };
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revoked {
    /// Of which certificate.
    pub serial: SerialNumber,
    /// Why.
    pub reason: Reason,
    /// Since when; in whole seconds.
    #[serde(with = "moment")]
    pub revoked_at: SystemTime,
}

/// A certificate of the journal, with its revocation if there is one.
///
/// ```no_run
/// # fn f(record: &sapi_stock::journal::Record) { assert!(record.revoked.is_none()); }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// When it was written down.
    #[serde(with = "moment")]
    pub time: SystemTime,
    /// The certificate.
    #[serde(flatten)]
    pub issued: Issued,
    /// Its revocation; the last one, where a hold became final.
    pub revoked: Option<Revoked>,
}

/// `/C=US/CN=web01`, as OpenSSL's `X509_NAME_oneline` writes names: what is not printable ASCII as `\xC3`.
fn subject_line(subject: &DistinguishedName) -> String {
    let mut line = String::new();
    for (field, value) in subject.fields() {
        line.push('/');
        line.push_str(&field);
        line.push('=');
        for byte in value.bytes() {
            if (b' '..=b'~').contains(&byte) {
                line.push(char::from(byte));
            } else {
                line.push_str(&format!("\\x{byte:02X}"));
            }
        }
    }
    line
}
