//! HTTP, the process and its logs: the only floor that knows them.
// The clock is read here, once for each request, and passed down.
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
