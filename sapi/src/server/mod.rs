//! HTTP, settings and logs: the only floor that knows them.
// The clock is read here, once for each request, and passed down.
#![allow(clippy::disallowed_methods)]

pub(crate) mod anchors;
mod answers;
pub(crate) mod app;
mod body;
mod boot;
#[cfg(test)]
mod deployed;
#[cfg(test)]
mod documented;
mod drain;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub(crate) mod health;
mod heartbeat;
mod json_lines;
mod keys;
pub(crate) mod listen;
pub(crate) mod log;
mod notify;
pub(crate) mod observed;
mod open_files;
pub(crate) mod problem;
mod proxy;
pub(crate) mod put_csr;
mod raw;
mod reload;
mod reply;
pub(crate) mod settings;
pub(crate) mod sources;
pub(crate) mod start;
mod unlock;
mod unread;

pub use app::App;
pub use boot::Boot;
pub use start::StartError;
