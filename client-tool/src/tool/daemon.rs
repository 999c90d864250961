//! The daemon: it stays and renews in time.

use std::time::Duration;

use sapi_client::Backoff;
use sapi_tools::exit::Failure;

use super::clock::{Clock, STEP};
use super::exit::{REJECTED, SETTINGS};
use super::round::{Purpose, round};
use super::settings::Settings;

/// Runs until the certificate authority rejects the request, or a setting turns out wrong.
pub(crate) fn stay(settings: &Settings, clock: &dyn Clock) -> Failure {
    keep_on(settings, clock, &mut || {
        round(settings, Purpose::Renew, clock)
    })
}

fn keep_on(
    settings: &Settings,
    clock: &dyn Clock,
    round: &mut dyn FnMut() -> Result<(), Failure>,
) -> Failure {
    let mut backoff = Backoff::new();
    loop {
        let delay = match round() {
            Ok(()) => {
                backoff = Backoff::new();
                STEP
            }
            Err(failure) if matches!(failure.code(), REJECTED | SETTINGS) => return failure,
            Err(failure) => {
                let delay = backoff.next_delay().max(SHORTEST);
                settings.say(&format!("{failure}; trying again in {} s", delay.as_secs()));
                delay
            }
        };
        clock.pause(delay);
    }
}

const SHORTEST: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::clock::tests::FakeClock;
    use super::super::exit::{OTHER, TEMPORARY};
    use super::super::options::Options;
    use super::*;

    fn settings() -> Settings {
        let options = Options {
            url: Some("unix:/run/sapi/sapi.sock".into()),
            client: Some("web01".into()),
            dir: Some("/var/lib/tls".into()),
            ca_fingerprint: vec!["0".repeat(64)],
            ..Options::default()
        };
        Settings::new("", &options).unwrap()
    }

    #[test]
    fn failures_are_outlived_and_a_rejection_ends_it() {
        let clock = FakeClock::new(&[]);
        let rounds = Cell::new(0);
        let failure = keep_on(&settings(), &clock, &mut || {
            rounds.set(rounds.get() + 1);
            match rounds.get() {
                1 => Err(Failure::new(TEMPORARY, "away")),
                2 => Err(Failure::new(OTHER, "a disk that is full")),
                3 => Ok(()),
                _ => Err(Failure::new(REJECTED, "no")),
            }
        });
        assert_eq!((failure.code(), rounds.get()), (REJECTED, 4));
        assert!(clock.slept.borrow().iter().all(|slept| *slept <= STEP));
    }

    #[test]
    fn the_clock_is_looked_at_twice_a_minute() {
        // Suspended for a month, and set back by a year.
        let clock = FakeClock::new(&[(3, 30 * 86_400), (5, -365 * 86_400)]);
        let mut seen = Vec::new();
        let _ended = keep_on(&settings(), &clock, &mut || {
            seen.push(clock.now());
            if seen.len() < 8 {
                Ok(())
            } else {
                Err(Failure::new(REJECTED, "no"))
            }
        });
        assert_eq!(*clock.slept.borrow(), [STEP; 7]);
    }
}
