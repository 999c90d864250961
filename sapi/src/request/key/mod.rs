//! Public keys: their kinds, a strict reader, and the rules they must meet.

pub(crate) mod ed25519;
pub(crate) mod error;
pub(crate) mod kind;
pub(crate) mod public;
pub(crate) mod rsa;
