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
mod serial;
mod subtree;
mod tbs;
mod usages;
mod validity;

pub(crate) use algorithm::SignatureAlgorithm;
#[cfg(any(test, feature = "testing"))]
pub(crate) use der_writer::DerWriter;
pub use draft::DraftCertificate;
pub use extension::{Extension, ExtensionError};
#[cfg(feature = "bench")]
pub(crate) use invariants::check as check_invariants;
pub use issued::IssuedCertificate;
pub use issuer::Issuer;
pub(crate) use issuer::IssuerError;
pub use profile::Profile;
#[cfg(test)]
pub(crate) use serial::no_random_numbers;
pub use serial::{InvalidSerialNumber, SerialNumber};
pub(crate) use tbs::Tbs;
#[cfg(feature = "bench")]
pub(crate) use tbs::write as write_tbs;
pub use usages::{ExtendedKeyUsages, KeyUsage, KeyUsages};
pub use validity::{InvalidValidity, Validity};
