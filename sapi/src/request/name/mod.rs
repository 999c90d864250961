//! Names in requests and certificates: distinguished names and alternative names.

pub(crate) mod alt;
pub(crate) mod attribute;
pub(crate) mod der;
pub(crate) mod distinguished;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod general;
pub(crate) mod rules;
