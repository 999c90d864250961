//! The settings of the service: their sources, their keys, and their checks.

pub(crate) mod checked;
pub(crate) mod keys;
pub(crate) mod raw;
pub(crate) mod sources;
