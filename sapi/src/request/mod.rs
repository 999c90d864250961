//! What comes in: who asks, over which connection, for what.

mod attributes;
mod client;
mod csr;
mod csr_error;
mod distinguished_name;
pub(crate) mod general_names;
pub(crate) mod hex;
mod names;
mod peer;
pub(crate) mod pem;
mod policy;
mod public_key;
mod rsa_policy;
mod signature;

pub use client::{ClientId, InvalidClientId};
pub use csr::CertRequest;
pub use csr_error::CsrError;
pub use distinguished_name::{DistinguishedName, SubjectError};
pub use names::{AltName, NameError};
pub use peer::{Peer, PeerCertificate, PeerCertificateError};
pub use policy::RequestPolicy;
pub use public_key::{KeyError, KeyKind};
pub use rsa_policy::{RsaBoundsError, RsaPolicy, WeakRsaKey};
