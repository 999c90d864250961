//! The folders that hold one set of files each, `.set-1` and so on: their names.

/// The name of the set with a number.
pub(crate) fn name(number: u64) -> String {
    format!("{SET}{number}")
}

/// The number of the set with a name, if it is a set's.
pub(crate) fn number(name: &str) -> Option<u64> {
    name.strip_prefix(SET)?.parse().ok()
}

const SET: &str = ".set-";
