//! A subject on the command line.

use sapi::DistinguishedName;
use sapi_tools::exit::{Failure, USAGE};

/// Makes a subject of the values of `--field KEY VALUE`, which clap hands out one after the other.
pub(crate) fn subject(fields: &[String]) -> Result<DistinguishedName, Failure> {
    let pairs = fields.chunks_exact(2).filter_map(|pair| match pair {
        [field, value] => Some((field.as_str(), value.as_str())),
        _ => None,
    });
    DistinguishedName::from_fields(pairs).map_err(|error| Failure::new(USAGE, error))
}
