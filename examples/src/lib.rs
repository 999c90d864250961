//! Worked examples of hooks, chosen for what people do with a certificate authority. Copy a file into your
//! shell crate and make it yours; each has its tests beside it.
//!
//! | file | policy |
//! | --- | --- |
//! | `http_members.rs` | membership is asked of an HTTP service, with a time limit and a cache; no answer is no |
//! | `one_time_token.rs` | a token in the request's challengePassword, good for one certificate |
//! | `postgres_registry.rs` | members and certificates in PostgreSQL (feature `postgres`) |
//! | `spiffe.rs` | SPIFFE IDs for workloads: one URI name, short-lived |
//!
//! Members in a file: the crate `sapi-hooks-example`.

pub mod http_members;
pub mod one_time_token;
#[cfg(feature = "postgres")]
pub mod postgres_registry;
pub mod spiffe;
