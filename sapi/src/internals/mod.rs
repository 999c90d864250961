//! Access to private parts for benches, fuzz targets and outside tests; not part of the public interface.
#![allow(missing_docs, missing_debug_implementations)]

mod bench;
mod fuzzing;
mod tables;

pub use bench::*;
pub use fuzzing::*;
pub use tables::*;
