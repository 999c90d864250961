//! The CA's private key: its kinds, the content of its file, and the memory that keeps it.

mod generate;
pub(crate) mod private;
pub(crate) mod rehearsal;
pub(crate) mod secure_heap;
pub(crate) mod signing;
