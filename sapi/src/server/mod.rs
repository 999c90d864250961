//! The server: the only floor that knows HTTP, the process and its logs.
// It reads the clock once per request, and passes the time down.
#![allow(clippy::disallowed_methods)]

pub(crate) mod app;
mod boot;
#[cfg(test)]
mod deployed;
#[cfg(test)]
mod documented;
pub(crate) mod endpoint;
pub(crate) mod operator;
pub(crate) mod process;
mod reload;
pub(crate) mod start;
mod unlock;

pub use app::App;
pub use boot::Boot;
pub use start::StartError;
