//! The settings of the service: where they come from, what they are called, whether they are sound.

pub(crate) mod checked;
pub(crate) mod keys;
pub(crate) mod raw;
pub(crate) mod sources;
