//! The certificate of an authority: how it is judged, and how it is written.

pub(crate) mod certificate;
pub(crate) mod error;
pub(crate) mod extensions;
pub(crate) mod judge;
