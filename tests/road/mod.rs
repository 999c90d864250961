//! The road in process, from a request to a certificate, without a socket.

mod audit;
mod chain;
mod guard;
mod keys;
mod profile;
mod refusals;
mod scripted;
mod serial;
mod validity;
