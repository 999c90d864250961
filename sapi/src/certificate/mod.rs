//! Certificates and revocation lists: the issuer, the draft, and what is signed.

pub(crate) mod constraints;
pub(crate) mod draft;
mod extended_key_usage;
mod extensions;
mod invariants;
mod issued;
pub(crate) mod issuer;
mod key_usage;
mod profile;
mod revocation_list;
mod serial;
mod tbs;
mod validity;

pub use draft::DraftCertificate;
pub use draft::extension::{Extension, ExtensionError};
pub use extended_key_usage::ExtendedKeyUsages;
#[cfg(feature = "internals")]
pub(crate) use invariants::check as check_invariants;
pub use issued::IssuedCertificate;
pub use issuer::Issuer;
pub(crate) use issuer::algorithm::SignatureAlgorithm;
pub(crate) use issuer::error::IssuerError;
pub(crate) use issuer::key_identifier::key_identifier;
pub(crate) use issuer::verifier::Verifier;
pub use key_usage::{KeyUsage, KeyUsages};
pub use profile::Profile;
pub(crate) use revocation_list::ListFault;
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
