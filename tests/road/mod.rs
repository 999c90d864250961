//! The road in process, from a request to a certificate, without a socket.

mod audit;
mod chain;
mod guard;
mod key_policy;
mod keys;
mod profile;
mod refusals;
mod requests;
pub(crate) mod scripted;
mod serial;
mod shared;
mod validity;
