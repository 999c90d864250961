//! Certificates and revocation lists: the issuer, the draft, and what is signed.

pub(crate) mod constraints;
pub(crate) mod draft;
mod extensions;
mod invariants;
mod issued;
pub(crate) mod issuer;
mod profile;
mod revocation_list;
mod serial;
mod tbs;
mod validity;

pub(crate) use crate::encoding::der_writer::DerWriter;
pub use draft::DraftCertificate;
pub(crate) use draft::extension::{
    AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, KEY_USAGE, SUBJECT_KEY_ID, read_extension,
};
pub use draft::extension::{Extension, ExtensionError};
pub use draft::usages::{ExtendedKeyUsages, KeyUsage, KeyUsages};
#[cfg(feature = "internals")]
pub(crate) use invariants::check as check_invariants;
pub use issued::IssuedCertificate;
pub use issuer::Issuer;
pub(crate) use issuer::algorithm::SignatureAlgorithm;
pub(crate) use issuer::{IssuerError, key_identifier};
pub use profile::Profile;
pub use revocation_list::{
    RevocationList, RevocationListError, RevokedEntry, SignedRevocationList,
};
#[cfg(test)]
pub(crate) use serial::no_random_numbers;
pub use serial::{InvalidSerialNumber, SerialNumber};
pub(crate) use tbs::Tbs;
#[cfg(feature = "internals")]
pub(crate) use tbs::write as write_tbs;
pub use validity::{InvalidValidity, Validity};
