//! Journeys down the road with generated requests, grants and hooks: for property tests and fuzzing.

mod case;
mod journey;

pub use case::{Case, Change, FIELDS, Field, Name, WISHES, Wish};
pub use journey::{End, Road, keys};
