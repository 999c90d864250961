//! sapi

pub mod request;
