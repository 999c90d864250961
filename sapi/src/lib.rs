//! A framework for certificate authorities whose policy is code.
//!
//! A client sends one `PUT /api/csr/<client>` with a certificate request and gets its certificate
//! back as JSON. You decide who may have a certificate, and what it contains: in Rust, by
//! implementing [`SigningHooks`] in a crate of your own, a *shell* crate compiled around this one.
//! There is no database. The CA is a directory of PEM files whose key is locked with a passphrase.
//!
//! # The road of a request
//!
//! ```text
//!  bytes             size, content type, client id, peer
//!    v
//!  CertRequest       strictly parsed; self-signature verified; key good enough
//!    v
//!  SigningContext    the request, its client, its connection
//!    v
//!  Terms             hook: authorize    yes, for so long, with these names
//!    v
//!  DraftCertificate  plain data; serial number fixed
//!    v
//!  (draft)           hook: presign      adjusted, or still refused
//!    v
//!  (bytes)           written once as DER, read back, invariants checked, signed, verified
//!    v
//!  IssuedCertificate hook: postsign     recorded; an error here withholds it
//!    v
//!  JSON              {"signed_x509_pem": "..."}
//! ```
//!
//! # A policy
//!
//! ```
//! use sapi::{Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait};
//!
//! struct Members(Vec<String>);
//!
//! #[async_trait]
//! impl SigningHooks for Members {
//!     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
//!         if !self.0.iter().any(|member| member == cx.client().as_str()) {
//!             return Err(Rejection::denied("unknown client"));
//!         }
//!         let terms = Terms::valid_for(Validity::days(30)).with_requested_names(cx.csr());
//!         Ok(Verdict::Grant(terms))
//!     }
//! }
//! ```

// Some code below the server has no other user than the server.
#![cfg_attr(not(feature = "server"), allow(dead_code))]

// The floors, lowest first. A module uses only floors below its own.

mod encoding;

mod request;

mod certificate;

pub mod identity;

mod hooks;

pub mod policy;

mod pipeline;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(feature = "settings")]
mod settings;

#[cfg(feature = "server")]
mod server;

#[cfg(feature = "server")]
mod command;

#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;

pub use async_trait::async_trait;
pub use certificate::{
    DraftCertificate, ExtendedKeyUsages, Extension, ExtensionError, InvalidSerialNumber,
    InvalidValidity, IssuedCertificate, Issuer, KeyUsage, KeyUsages, Profile, RevocationList,
    RevocationListError, RevokedEntry, SerialNumber, SignedRevocationList, Validity,
};
pub use encoding::{duration, printable};
pub use hooks::{
    BoxError, Chain, FirstOf, HookCall, Hooks, IntoHooks, Rejection, SigningContext, SigningHooks,
    Terms, Verdict,
};
pub use identity::ca::Identity;
pub use identity::pool::SigningPool;
pub use identity::unfit::UnfitIdentity;
pub use openssl;
pub use pipeline::{Difference, Observation, Pipeline};
pub use request::{
    AltName, CertRequest, ClientId, CsrError, DistinguishedName, InvalidClientId, KeyKind,
    NameError, Peer, PeerCertificate, PeerCertificateError, RequestPolicy, RsaBoundsError,
    SubjectError, UnknownKeyKind,
};
#[cfg(feature = "server")]
pub use server::{App, Boot, StartError};
#[cfg(feature = "settings")]
pub use settings::{ServiceSettings, SettingsError};
