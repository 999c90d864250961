//! What the benches share: keys and requests, the least issuance, processes and their CPU time, load.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a bench that cannot go on has nothing to hand over but the message"
)]

pub mod least;
pub mod load;
pub mod material;
pub mod process;
pub mod road;
pub mod server;
