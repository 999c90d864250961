//! The life of an identity: it is created, checked, backed up, restored, and followed by another.

pub(crate) mod backup;
pub(crate) mod bundle;
pub(crate) mod change_passphrase;
pub(crate) mod check;
pub(crate) mod create;
pub(crate) mod error;
pub(crate) mod outside_certificate;
pub(crate) mod request;
pub(crate) mod restore;
pub(crate) mod rollover;
