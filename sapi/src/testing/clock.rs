//! A clock that a test sets.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// A clock that only a test moves. Copies are the same clock.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sapi::testing::Clock;
///
/// let clock = Clock::at(SystemTime::UNIX_EPOCH);
/// let same = clock.clone();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(same.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<SystemTime>>);

impl Clock {
    /// A clock that shows this time.
    ///
    /// ```
    /// let clock = sapi::testing::Clock::at(std::time::SystemTime::UNIX_EPOCH);
    /// ```
    #[must_use]
    pub fn at(time: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(time)))
    }

    /// The time that it shows.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// let clock = sapi::testing::Clock::at(SystemTime::UNIX_EPOCH);
    /// assert_eq!(clock.now(), SystemTime::UNIX_EPOCH);
    /// ```
    #[must_use]
    pub fn now(&self) -> SystemTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets it, forward or back.
    ///
    /// ```
    /// # use std::time::{Duration, SystemTime};
    /// let clock = sapi::testing::Clock::at(SystemTime::now());
    /// clock.set(SystemTime::UNIX_EPOCH);
    /// assert_eq!(clock.now(), SystemTime::UNIX_EPOCH);
    /// ```
    pub fn set(&self, time: SystemTime) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    /// Moves it forward.
    ///
    /// ```
    /// # use std::time::{Duration, SystemTime};
    /// let clock = sapi::testing::Clock::at(SystemTime::UNIX_EPOCH);
    /// clock.advance(Duration::from_secs(1));
    /// assert!(clock.now() > SystemTime::UNIX_EPOCH);
    /// ```
    pub fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }
}
