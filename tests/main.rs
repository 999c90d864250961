//! One binary of all tests from outside; each module has a subject of its own.

// What fails in a test fails the test; time is that of the machine unless a test sets it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod floors;
mod road;
