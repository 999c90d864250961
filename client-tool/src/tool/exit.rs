//! How a run ends: a message for people and a number for scripts.

use std::fmt;

/// A message for standard error and an exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    message: String,
}

impl Failure {
    pub(crate) fn new(code: u8, message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self { code, message }
    }

    pub(crate) fn settings(message: impl fmt::Display) -> Self {
        Self::new(SETTINGS, message)
    }

    pub(crate) fn other(message: impl fmt::Display) -> Self {
        Self::new(OTHER, message)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The gravest of several runs' exit codes: act on it first.
pub(crate) fn gravest(codes: impl IntoIterator<Item = u8>) -> u8 {
    let rank = |code: &u8| BY_GRAVITY.iter().position(|known| known == code);
    codes.into_iter().max_by_key(rank).unwrap_or(0)
}

/// Another run is at work in the directory.
pub(crate) const LOCKED: u8 = 1;
/// `EX_UNAVAILABLE`: not decided yet.
pub(crate) const PENDING: u8 = 69;
/// `EX_TEMPFAIL`: the server is away or busy, or the clock is wrong.
pub(crate) const TEMPORARY: u8 = 75;
/// `EX_NOPERM`: the certificate authority says no.
pub(crate) const REJECTED: u8 = 77;
/// `EX_CONFIG`: settings are wrong, or lead to a request that the server does not take.
pub(crate) const SETTINGS: u8 = 78;
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
