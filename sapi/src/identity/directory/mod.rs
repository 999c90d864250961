//! The directory of an identity: its files, how they are read and how they are exchanged.

pub(crate) mod durable;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod install;
pub(crate) mod load;
pub(crate) mod staging;
