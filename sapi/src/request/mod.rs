//! A request: the client, its connection, and the certificate it asks for.

mod attributes;
mod client;
mod csr;
mod csr_error;
mod csr_reader;
pub(crate) mod key;
pub(crate) mod name;
pub(crate) mod network;
mod peer;
pub(crate) mod pem;
mod policy;
pub(crate) mod signature;
#[cfg(test)]
mod tests;

pub use client::{ClientId, InvalidClientId};
pub use csr::CertRequest;
pub use csr_error::CsrError;
pub(crate) use csr_error::CsrFault;
pub use key::kind::{KeyKind, UnknownKeyKind};
#[cfg(any(test, feature = "internals"))]
pub(crate) use key::public::read_spki;
pub use key::rsa::policy::RsaBoundsError;
#[cfg(feature = "internals")]
pub(crate) use key::rsa::policy::RsaPolicy;
pub use name::alt::{AltName, NameError};
pub use name::distinguished::DistinguishedName;
pub use name::error::SubjectError;
pub(crate) use name::fields::canonical_field;
pub use peer::{Peer, PeerCertificate, PeerCertificateError};
pub use policy::RequestPolicy;
