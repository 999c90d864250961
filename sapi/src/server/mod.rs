//! The server: the only floor that knows HTTP, the process and its logs.
// It reads the clock once per request, and passes the time down.
#![allow(clippy::disallowed_methods)]

pub(crate) mod app;
mod boot;
pub(crate) mod endpoint;
pub(crate) mod error;
mod makers;
pub(crate) mod operator;
pub(crate) mod process;
pub(crate) mod reload;
pub(crate) mod serving;
pub(crate) mod start;
mod unlock;

pub use app::App;
pub use boot::Boot;
pub use error::StartError;
