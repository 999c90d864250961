//! How a run ends: the exit codes of this program, and which of several counts.

use std::fmt;

use sapi_tools::exit::{CONFIG, Failure, NO_PERMISSION, TEMPORARY as EX_TEMPFAIL, UNAVAILABLE};

/// A setting is wrong.
pub(crate) fn settings(message: impl fmt::Display) -> Failure {
    Failure::new(SETTINGS, message)
}

/// A failure with no code of its own.
pub(crate) fn other(message: impl fmt::Display) -> Failure {
    Failure::new(OTHER, message)
}

/// The gravest of several runs' exit codes: act on it first.
pub(crate) fn gravest(codes: impl IntoIterator<Item = u8>) -> u8 {
    let rank = |code: &u8| BY_GRAVITY.iter().position(|known| known == code);
    codes.into_iter().max_by_key(rank).unwrap_or(0)
}

/// Another run is at work in the directory.
pub(crate) const LOCKED: u8 = 1;
/// Not decided yet.
pub(crate) const PENDING: u8 = UNAVAILABLE;
/// The server is away or busy, or the clock is wrong.
pub(crate) const TEMPORARY: u8 = EX_TEMPFAIL;
/// The certificate authority says no.
pub(crate) const REJECTED: u8 = NO_PERMISSION;
/// Settings are wrong, or lead to a request that the server does not take.
pub(crate) const SETTINGS: u8 = CONFIG;
/// Everything else: files, a server or a certificate that does not verify, a failed command.
pub(crate) const OTHER: u8 = 127;

const BY_GRAVITY: [u8; 7] = [0, LOCKED, PENDING, TEMPORARY, REJECTED, SETTINGS, OTHER];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_counts() {
        assert_eq!(gravest([]), 0);
        assert_eq!(gravest([0, LOCKED, 0]), LOCKED);
        assert_eq!(gravest([REJECTED, TEMPORARY, PENDING]), REJECTED);
        assert_eq!(gravest([OTHER, SETTINGS]), OTHER);
    }
}
