//! What goes out: from the issuer and a draft to a certificate.

mod algorithm;
mod der_writer;
mod draft;
mod draft_text;
mod extension;
mod extensions;
mod fixed_key;
mod invariants;
mod issued;
mod issuer;
mod name_constraints;
mod profile;
mod revocation_list;
mod serial;
mod subtree;
mod tbs;
mod usages;
mod validity;

pub(crate) use algorithm::SignatureAlgorithm;
pub(crate) use der_writer::DerWriter;
pub use draft::DraftCertificate;
pub(crate) use extension::{
    AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, KEY_USAGE, SUBJECT_KEY_ID, read_extension,
};
pub use extension::{Extension, ExtensionError};
#[cfg(feature = "bench")]
pub(crate) use invariants::check as check_invariants;
pub use issued::IssuedCertificate;
pub use issuer::Issuer;
pub(crate) use issuer::{IssuerError, key_identifier};
pub use profile::Profile;
pub use revocation_list::{
    RevocationList, RevocationListError, RevokedEntry, SignedRevocationList,
};
#[cfg(test)]
pub(crate) use serial::no_random_numbers;
pub use serial::{InvalidSerialNumber, SerialNumber};
pub(crate) use tbs::Tbs;
#[cfg(feature = "bench")]
pub(crate) use tbs::write as write_tbs;
pub use usages::{ExtendedKeyUsages, KeyUsage, KeyUsages};
pub use validity::{InvalidValidity, Validity};
