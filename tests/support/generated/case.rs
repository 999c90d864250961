//! A request, a grant and what a hook does to the draft: the input of one journey down the road.

use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use sapi::{AltName, DistinguishedName, DraftCertificate, Extension, KeyUsage};

/// The input of one journey. Nothing in it need be sensible.
#[derive(Arbitrary, Clone, Debug)]
pub struct Case {
    /// Which key the request is for, see [`super::keys`].
    pub key: u8,
    /// Version in the request.
    pub version: u8,
    /// Fields of the subject asked for.
    pub subject: Vec<Field>,
    /// Names asked for.
    pub requested: Vec<Name>,
    /// Further extensions asked for.
    pub wishes: Vec<Wish>,
    /// Whether the grant takes over the names asked for.
    pub as_requested: bool,
    /// Names granted besides.
    pub granted: Vec<Name>,
    /// The grant's validity in seconds.
    pub seconds: u64,
    /// A serial number of the hook's own.
    pub serial: Option<Vec<u8>>,
    /// What presign does to the draft.
    pub changes: Vec<Change>,
}

/// One field of a subject.
#[derive(Arbitrary, Clone, Debug)]
pub struct Field {
    /// Which, of [`FIELDS`].
    pub kind: u8,
    /// Its text.
    pub value: String,
}

/// An alternative name.
#[derive(Arbitrary, Clone, Debug)]
#[allow(missing_docs, reason = "they are called what they are")]
pub enum Name {
    Dns(String),
    Ip4([u8; 4]),
    Ip6([u8; 16]),
    Email(String),
    Uri(String),
}

/// An extension in the request, which must never reach the certificate.
#[derive(Arbitrary, Clone, Debug)]
pub struct Wish {
    /// Which, of [`WISHES`].
    pub kind: u8,
    /// Marked critical.
    pub critical: bool,
    /// Its content.
    pub value: Vec<u8>,
}

/// One thing that presign does to the draft.
#[derive(Arbitrary, Clone, Debug)]
#[allow(missing_docs, reason = "they are called what they do")]
pub enum Change {
    AddName(Name),
    RepeatName(u8),
    DropNames,
    Subject(Vec<Field>),
    Shorten(u64),
    Usage(u8, bool),
    Purpose(String),
    Purposes(u8),
    NoPurposes,
    Crl(String),
    Ocsp(String),
    CaIssuer(String),
    Policy(String),
    Extension(String, bool, Vec<u8>),
}

impl Case {
    /// The subject asked for, without fields that cannot be written.
    #[must_use]
    pub fn subject(&self) -> DistinguishedName {
        subject(&self.subject)
    }
}

impl Name {
    /// As the framework has it.
    #[must_use]
    pub fn alt_name(&self) -> AltName {
        match self {
            Self::Dns(text) => AltName::Dns(text.clone()),
            Self::Ip4(octets) => AltName::Ip((*octets).into()),
            Self::Ip6(octets) => AltName::Ip((*octets).into()),
            Self::Email(text) => AltName::Email(text.clone()),
            Self::Uri(text) => AltName::Uri(text.clone()),
        }
    }
}

impl Change {
    /// Does it; what the draft refuses is left undone.
    pub fn apply(&self, draft: &mut DraftCertificate) {
        let _refused_or_done: Option<()> = match self {
            Self::AddName(name) => {
                draft.names_mut().push(name.alt_name());
                None
            }
            Self::RepeatName(place) => {
                let name = draft.names().get(usize::from(*place)).cloned();
                name.map(|name| draft.names_mut().push(name))
            }
            Self::DropNames => {
                draft.names_mut().clear();
                None
            }
            Self::Subject(fields) => {
                draft.set_subject(subject(fields));
                None
            }
            Self::Shorten(seconds) => SystemTime::UNIX_EPOCH
                .checked_add(Duration::from_secs(*seconds))
                .map(|end| draft.shorten(end)),
            Self::Usage(place, on) => {
                let usage = USAGES[usize::from(*place) % USAGES.len()];
                let usages = draft.key_usage_mut();
                if *on {
                    usages.insert(usage);
                } else {
                    usages.remove(usage);
                }
                None
            }
            Self::Purpose(dotted) => {
                draft.extended_usage_mut().insert(dotted);
                None
            }
            Self::Purposes(last) => {
                let purpose = format!("1.3.6.1.5.5.7.3.{last}");
                draft.extended_usage_mut().insert(&purpose);
                None
            }
            Self::NoPurposes => {
                *draft.extended_usage_mut() = Default::default();
                None
            }
            Self::Crl(url) => draft.add_crl_url(url).ok(),
            Self::Ocsp(url) => draft.add_ocsp_url(url).ok(),
            Self::CaIssuer(url) => draft.add_ca_issuer_url(url).ok(),
            Self::Policy(dotted) => draft.add_policy(dotted).ok(),
            Self::Extension(dotted, critical, value) => Extension::new(dotted, *critical, value)
                .ok()
                .and_then(|extension| draft.push_extension(extension).ok()),
        };
    }
}

/// A name of these fields; of none, if one of them cannot be written.
fn subject(fields: &[Field]) -> DistinguishedName {
    let pairs = fields.iter().map(|field| {
        let kind = FIELDS[usize::from(field.kind) % FIELDS.len()];
        (kind, field.value.as_str())
    });
    DistinguishedName::from_fields(pairs)
        .or_else(|_| DistinguishedName::from_fields([]))
        .unwrap()
}

/// Fields a subject may have here.
pub const FIELDS: [&str; 9] = [
    "CN",
    "O",
    "OU",
    "C",
    "L",
    "ST",
    "emailAddress",
    "serialNumber",
    "DC",
];

/// Extensions asked for: basicConstraints, keyUsage, nameConstraints, policies, purposes, an access
/// description, an authority key identifier, an unknown one, and the old name of alternative names.
pub const WISHES: [&str; 9] = [
    "2.5.29.19",
    "2.5.29.15",
    "2.5.29.30",
    "2.5.29.32",
    "2.5.29.37",
    "1.3.6.1.5.5.7.1.1",
    "2.5.29.35",
    "1.3.6.1.4.1.32473.9",
    "2.5.29.7",
];

const USAGES: [KeyUsage; 7] = [
    KeyUsage::DigitalSignature,
    KeyUsage::NonRepudiation,
    KeyUsage::KeyEncipherment,
    KeyUsage::DataEncipherment,
    KeyUsage::KeyAgreement,
    KeyUsage::EncipherOnly,
    KeyUsage::DecipherOnly,
];
