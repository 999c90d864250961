//! Starts the real parts that the tests drive, and other people's programs that judge the results.

// Only tests use this, and what fails here fails the test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

pub mod verifiers;
