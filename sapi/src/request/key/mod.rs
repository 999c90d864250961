//! Public keys: their kinds, how they are read, which are good enough.

pub(crate) mod ed25519;
pub(crate) mod error;
pub(crate) mod kind;
pub(crate) mod public;
pub(crate) mod rsa;
