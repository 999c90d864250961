//! The companion client of sapi, as a library: it gets a certificate from a certificate authority, and
//! says when to renew it.
//!
//! The library never touches the disk, sleeps or reads the clock: keys, certificates and roots are bytes,
//! and the caller passes the time in. The program `sapi-client` adds files, a lock, a daemon and commands
//! to run after a renewal.
//!
//! ```no_run
//! use std::time::SystemTime;
//!
//! use sapi::DistinguishedName;
//! use sapi::KeyKind;
//! use sapi_client::{Anchors, Backoff, Client, Credential, Enrolment, Outcome, Server, Wish};
//!
//! # fn load() -> Vec<u8> { Vec::new() }
//! # fn keep(_: &[u8]) {}
//! /// `roots` verify the TLS server, `ca` is the authority that certificates come from.
//! fn enrol(roots: &[u8], ca: &[u8], old: Option<&Credential>) -> Result<Credential, Box<dyn std::error::Error>> {
//!     let client = Client {
//!         server: Server::new("https://ca.example.com".parse()?, "web01".parse()?).with_roots(roots)?,
//!         anchors: Anchors::default().with_certificates(ca)?,
//!         wish: Wish {
//!             subject: DistinguishedName::from_fields([("CN", "web01")])?,
//!             names: vec!["DNS:www.example.com".parse()?],
//!         },
//!     };
//!     let enrolment = Enrolment::new(KeyKind::P256, &client.wish)?;
//!     keep(&enrolment.to_pem()); // the same request must be sent again after a restart
//!     let mut backoff = Backoff::new();
//!     loop {
//!         match client.ask(&enrolment, old, SystemTime::now()) {
//!             Ok(Outcome::Issued(credential)) => return Ok(*credential),
//!             Ok(Outcome::Pending { retry_after }) => {
//!                 std::thread::sleep(retry_after.unwrap_or_else(|| backoff.next_delay()));
//!             }
//!             Ok(Outcome::Refused(refusal)) => return Err(refusal.to_string().into()),
//!             Err(error) if error.is_temporary() => std::thread::sleep(backoff.next_delay()),
//!             Err(error) => return Err(error.into()),
//!         }
//!     }
//! }
//! ```
//!
//! After that, renew when [`Credential::renew_at`] has passed. Pass the old credential as `old`, so that
//! the server sees it over TLS.

mod address;
mod anchors;
mod answer;
mod backoff;
mod check;
mod client;
mod connection;
mod credential;
mod enrolment;
mod enrolment_error;
mod pem;
mod request;
mod response;
mod server;
mod server_error;
mod time;
mod wish;

pub use address::{Address, AddressError};
pub use anchors::{AnchorError, Anchors};
pub use answer::{Refusal, RefusalKind};
pub use backoff::Backoff;
pub use check::CheckError;
pub use client::{AskError, Client, Outcome};
pub use credential::Credential;
pub use enrolment::Enrolment;
pub use enrolment_error::EnrolmentError;
pub use pem::PemError;
pub use server::Server;
pub use server_error::ServerError;
pub use wish::Wish;
