//! Access to private parts for benches, fuzz targets and outside tests; not part of the public interface.
// A fuzz target has no clock to pass in, and nobody forgets what a test asks for.
#![allow(
    missing_docs,
    missing_debug_implementations,
    clippy::disallowed_methods,
    clippy::must_use_candidate
)]

mod bench;
mod fuzzing;
mod tables;

pub use bench::*;
pub use fuzzing::*;
pub use tables::*;
