//! A way into private parts for benches, fuzz targets and tests from outside; no part of the public interface.
#![allow(missing_docs, missing_debug_implementations)]

mod bench;
mod fuzzing;

pub use bench::*;
pub use fuzzing::*;
