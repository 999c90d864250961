//! sapi

pub mod identity;
