//! Tests of sapi from outside: one binary, a module per theme.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests are beside the tests, and clippy does not see that they belong to tests"
)]

mod abuse;
mod client;
mod corpus;
mod documents;
mod faults;
mod findings;
mod floors;
mod http;
mod identity;
mod integrator;
mod judges;
mod leftovers;
mod life;
mod nginx;
mod operate;
mod programs;
mod properties;
mod road;
mod stock;
mod tools;
