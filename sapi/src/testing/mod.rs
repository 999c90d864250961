//! Tools to test hooks without a socket: a throw-away CA, requests of every kind, a harness.
//!
//! For integrators' tests, behind the feature `testing`:
//!
//! ```toml
//! [dev-dependencies]
//! sapi = { version = "0.1", features = ["testing"] }
//! ```
//!
//! ```
//! use sapi::testing::{Harness, RequestBuilder};
//! use sapi::{Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait};
//!
//! struct WebServers;
//!
//! #[async_trait]
//! impl SigningHooks for WebServers {
//!     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
//!         if !cx.client().as_str().starts_with("web") {
//!             return Err(Rejection::denied("only web servers get certificates here"));
//!         }
//!         Ok(Verdict::Grant(Terms::valid_for(Validity::days(1)).with_requested_names(cx.csr())))
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! let harness = Harness::new(WebServers); // in a #[tokio::test]
//! let request = RequestBuilder::new().common_name("web01").dns("www.example.com").build();
//!
//! let seen = harness.observe("web01", &request).await;
//! seen.assert_issued();
//! seen.assert_names(["DNS:www.example.com"]);
//!
//! let seen = harness.observe("mail01", &request).await;
//! seen.assert_denied("only web servers");
//! # });
//! ```

// In a test a panic is the failure itself. A test should not have to handle the errors of its tools.
#![allow(clippy::expect_used, clippy::panic)]

mod assertions;
mod authority;
mod ca_certificate;
mod clock;
mod conformance;
mod harness;
mod harness_setup;
mod key;
mod request_builder;
mod request_writer;

pub use authority::Authority;
pub use clock::Clock;
pub use conformance::{Conformance, ConformanceReport, conformance};
pub use harness::Harness;
pub use key::TestKey;
pub use request_builder::RequestBuilder;
