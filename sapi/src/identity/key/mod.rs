//! The CA's private key: its kinds, its file's content, the memory it lives in.

pub(crate) mod kind;
pub(crate) mod private;
pub(crate) mod rehearsal;
pub(crate) mod secure_heap;
pub(crate) mod signing;
