//! Staying, and renewing in time.

use std::time::Duration;

use sapi_client::Backoff;

use super::clock::{Clock, STEP};
use super::exit::{Failure, REJECTED, SETTINGS};
use super::round::{Purpose, round};
use super::settings::Settings;

/// Goes on until the certificate authority says no, or a setting turns out wrong.
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
            Err(failure) if matches!(failure.code, REJECTED | SETTINGS) => return failure,
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
