//! The wall clock, and waiting by it.

use std::time::{Duration, SystemTime};

/// Tells the time, and waits.
pub(crate) trait Clock {
    fn now(&self) -> SystemTime;
    fn sleep(&self, duration: Duration);

    /// Waits this long, or until the wall clock has advanced by as much. It waits in steps, because a
    /// suspended machine's timers stop while its clock goes on. Setting the clock back does not prolong it.
    fn pause(&self, duration: Duration) {
        let end = self.now() + duration;
        let mut left = duration;
        while left > Duration::ZERO && self.now() < end {
            let step = left.min(STEP);
            self.sleep(step);
            left -= step;
        }
    }
}

/// The system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "here the time enters; below it is passed in"
    )]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// The longest time between two looks at the clock.
pub(crate) const STEP: Duration = Duration::from_secs(30);

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::{Cell, RefCell};
    use std::time::UNIX_EPOCH;

    use super::*;

    /// A clock that jumps. Each jump is (after this many sleeps, by this many seconds).
    pub(crate) struct FakeClock {
        now: Cell<SystemTime>,
        pub(crate) jumps: Vec<(usize, i64)>,
        pub(crate) slept: RefCell<Vec<Duration>>,
    }

    impl FakeClock {
        pub(crate) fn new(jumps: &[(usize, i64)]) -> Self {
            Self {
                now: Cell::new(UNIX_EPOCH + Duration::from_secs(1_800_000_000)),
                jumps: jumps.to_vec(),
                slept: RefCell::default(),
            }
        }
    }

    impl Clock for FakeClock {
        fn now(&self) -> SystemTime {
            self.now.get()
        }

        fn sleep(&self, duration: Duration) {
            self.slept.borrow_mut().push(duration);
            let mut now = self.now.get() + duration;
            let sleeps = self.slept.borrow().len();
            for (_, by) in self.jumps.iter().filter(|(after, _)| *after == sleeps) {
                let length = Duration::from_secs(by.unsigned_abs());
                now = if *by < 0 { now - length } else { now + length };
            }
            self.now.set(now);
        }
    }

    fn slept(clock: &FakeClock) -> u64 {
        clock.slept.borrow().iter().map(Duration::as_secs).sum()
    }

    #[test]
    fn a_pause_is_as_long_as_it_says() {
        let clock = FakeClock::new(&[]);
        clock.pause(Duration::from_secs(100));
        assert_eq!(slept(&clock), 100);
    }

    #[test]
    fn a_machine_that_was_suspended_is_not_late() {
        let clock = FakeClock::new(&[(2, 86_400)]);
        clock.pause(Duration::from_secs(3600));
        assert_eq!(slept(&clock), 60);
    }

    #[test]
    fn a_clock_set_back_does_not_make_it_longer() {
        let clock = FakeClock::new(&[(1, -86_400)]);
        clock.pause(Duration::from_secs(100));
        assert_eq!(slept(&clock), 100);
    }
}
