//! Starts the real parts that the tests drive (nginx, certificates for it, `curl`), and the programs
//! of others that judge our certificates.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a part that does not start fails the test that needs it, with a message"
)]

pub mod curl;
pub mod fuzz;
pub mod generated;
pub mod invariants;
pub mod nginx;
pub mod program;
pub mod python;
pub mod running;
pub mod shell;
pub mod stream;
pub mod terminal;
pub mod tls;
pub mod tool;
pub mod units;
pub mod users;
pub mod verifiers;
