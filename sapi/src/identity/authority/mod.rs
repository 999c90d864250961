//! The certificate of an authority: what makes it one, and how one is written.

pub(crate) mod certificate;
pub(crate) mod error;
pub(crate) mod extensions;
pub(crate) mod judge;
