//! Worked examples of hooks for common uses of a certificate authority. Copy a file into your shell crate
//! and change it. Each has its tests with it.
//!
//! | file | policy |
//! | --- | --- |
//! | `http_members.rs` | asks an HTTP service for members, with a time limit and a cache; no answer refuses |
//! | `one_time_token.rs` | a token in the request's challengePassword, valid for one certificate |
//! | `postgres_registry.rs` | members and certificates in PostgreSQL (feature `postgres`) |
//! | `spiffe.rs` | SPIFFE IDs for workloads: one URI name, short-lived |
//!
//! Members in a file: the crate `sapi-hooks-example`.

pub mod http_members;
pub mod one_time_token;
#[cfg(feature = "postgres")]
pub mod postgres_registry;
pub mod spiffe;
