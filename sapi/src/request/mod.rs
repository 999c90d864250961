//! What comes in: who asks, over which connection, for what.

pub(crate) mod asn1;
mod attributes;
mod client;
mod csr;
mod csr_error;
mod csr_reader;
mod distinguished_name;
mod ed25519;
mod fermat;
pub(crate) mod general_names;
pub(crate) mod hex;
mod key_error;
mod key_kind;
mod limbs;
mod name_der;
mod name_fields;
mod name_rules;
mod names;
pub(crate) mod network;
mod peer;
pub(crate) mod pem;
mod policy;
mod public_key;
mod reciprocal;
mod roca;
mod rsa_policy;
pub(crate) mod signature;
mod small_primes;
mod subject_error;
#[cfg(test)]
mod tests;
mod weak_rsa_key;

pub use client::{ClientId, InvalidClientId};
pub use csr::CertRequest;
pub use csr_error::CsrError;
pub use distinguished_name::DistinguishedName;
pub use key_error::KeyError;
pub use key_kind::KeyKind;
pub(crate) use name_fields::canonical_field;
pub use names::{AltName, NameError};
pub use peer::{Peer, PeerCertificate, PeerCertificateError};
pub use policy::{RequestPolicy, UnknownKeyKind};
#[cfg(any(feature = "fuzzing", feature = "bench"))]
pub(crate) use public_key::read_spki;
pub use rsa_policy::{RsaBoundsError, RsaPolicy};
pub use subject_error::SubjectError;
pub use weak_rsa_key::WeakRsaKey;
