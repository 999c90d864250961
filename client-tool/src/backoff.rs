//! The delay before the next try, when the server does not name one.

use std::time::Duration;

use openssl::rand::rand_bytes;

/// Delays that double from two seconds to five minutes. Chance shortens each by up to a half, so that
/// clients that failed together do not come back together.
///
/// ```
/// use sapi_client::Backoff;
///
/// let mut backoff = Backoff::new();
/// assert!(backoff.next_delay().as_secs() <= 2);
/// ```
#[derive(Clone, Debug)]
pub struct Backoff {
    longest: Duration,
}

impl Backoff {
    /// Begins with the shortest delay.
    ///
    /// ```
    /// let backoff = sapi_client::Backoff::new();
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self { longest: FIRST }
    }

    /// The next delay.
    ///
    /// ```
    /// let mut backoff = sapi_client::Backoff::new();
    /// let first = backoff.next_delay();
    /// assert!(backoff.next_delay() >= first);
    /// ```
    pub fn next_delay(&mut self) -> Duration {
        let longest = self.longest;
        self.longest = (longest * 2).min(LAST);
        longest / 2 + longest.mul_f64(chance() / 2.0)
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

/// A random number from 0 to 1. Nothing depends on its quality, so 0 will do if OpenSSL fails.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    match rand_bytes(&mut bytes) {
        Ok(()) => f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.0,
    }
}

const FIRST: Duration = Duration::from_secs(2);
const LAST: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_five_minutes_and_differ() {
        let mut backoff = Backoff::new();
        let mut bound = FIRST;
        for _ in 0..12 {
            let delay = backoff.next_delay();
            assert!(bound / 2 <= delay && delay <= bound, "{delay:?} {bound:?}");
            bound = (bound * 2).min(LAST);
        }
        let (a, b) = (backoff.next_delay(), backoff.next_delay());
        assert_ne!(a, b, "both delays are the same");
    }
}
