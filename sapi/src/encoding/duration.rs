//! Lengths of time as text: a whole number and a unit, such as `10s`, `500ms` or `5m`.
//!
//! This module is for fields of settings: `#[serde(with = "sapi::duration")]` reads and writes a
//! standard duration.
//!
//! ```
//! use std::time::Duration;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize, Serialize)]
//! struct Settings {
//!     #[serde(with = "sapi::duration")]
//!     timeout: Duration,
//! }
//!
//! let settings: Settings = serde_json::from_str(r#"{"timeout": "500ms"}"#)?;
//! assert_eq!(settings.timeout, Duration::from_millis(500));
//! assert_eq!(serde_json::to_string(&settings)?, r#"{"timeout":"500ms"}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! The units are `ms`, `s`, `m` (minutes), `h`, `d`, `w` and `y` (365 days).

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serializer};

/// Reads a duration that is longer than zero.
///
/// # Errors
///
/// The deserializer's error: the text is not a duration, or the duration is zero.
///
/// ```
/// use serde::de::{IntoDeserializer, value::{Error, StrDeserializer}};
///
/// let read = |text: &'static str| {
///     let text: StrDeserializer<'_, Error> = text.into_deserializer();
///     sapi::duration::deserialize(text)
/// };
/// assert_eq!(read("5m").unwrap().as_secs(), 300);
/// assert_eq!(read("0s").unwrap_err().to_string(), "must be longer than zero");
/// ```
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    read(from, &[above_zero])
}

/// Writes a duration with its longest unit that gives a whole number.
///
/// # Errors
///
/// The serializer's error. A duration that is not a whole number of milliseconds has no text.
///
/// ```
/// let mut json = serde_json::Serializer::new(Vec::new());
/// sapi::duration::serialize(&std::time::Duration::from_secs(300), &mut json)?;
/// assert_eq!(json.into_inner(), br#""5m""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    match u64::try_from(duration.as_millis()) {
        Ok(millis) if Duration::from_millis(millis) == *duration => to.collect_str(&Text(millis)),
        _ => Err(S::Error::custom(format!(
            "{duration:?} is not a whole number of milliseconds"
        ))),
    }
}

/// For the service's own settings: longer than zero, at most a year.
#[allow(dead_code, reason = "the settings are about to be read with it")]
pub(crate) mod setting {
    use std::time::Duration;

    use serde::de::Deserializer;

    use super::{above_zero, at_most_a_year, read};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        read(from, &[above_zero, at_most_a_year])
    }
}

/// For the service's own settings of which zero means something: at most a year.
pub(crate) mod setting_or_zero {
    use std::time::Duration;

    use serde::de::Deserializer;

    use super::{at_most_a_year, read};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        read(from, &[at_most_a_year])
    }
}

type Rule = fn(Duration) -> Result<Duration, &'static str>;

fn read<'de, D: Deserializer<'de>>(from: D, rules: &[Rule]) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    let duration = parse(&text).ok_or_else(|| {
        let start: String = text.chars().take(40).collect();
        D::Error::custom(format!(
            "{start:?} is not a duration such as 10s, 500ms or 5m"
        ))
    })?;
    rules.iter().try_fold(duration, |duration, rule| {
        rule(duration).map_err(D::Error::custom)
    })
}

/// Only zero may lack a unit.
fn parse(text: &str) -> Option<Duration> {
    match split(text)? {
        (0, None) => Some(Duration::ZERO),
        (number, unit) => number.checked_mul(unit?).map(Duration::from_millis),
    }
}

fn above_zero(duration: Duration) -> Result<Duration, &'static str> {
    match duration {
        Duration::ZERO => Err("must be longer than zero"),
        duration => Ok(duration),
    }
}

/// A longer time is a slip, and some clocks would overflow.
fn at_most_a_year(duration: Duration) -> Result<Duration, &'static str> {
    match duration {
        duration if duration > LEAP_YEAR => Err("is longer than a year"),
        duration => Ok(duration),
    }
}

/// Splits a text into its number and the milliseconds of its unit. The unit may be absent.
pub(crate) fn split(text: &str) -> Option<(u64, Option<u64>)> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(unit_at.unwrap_or(text.len()));
    let number = number.parse().ok()?;
    match unit {
        "" => Some((number, None)),
        unit => {
            let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
            Some((number, Some(*millis)))
        }
    }
}

/// Milliseconds, written as a number of the longest unit that gives a whole number. Weeks are not written.
pub(crate) struct Text(pub(crate) u64);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |(name, unit): &&(&str, u64)| *name != "w" && self.0.is_multiple_of(*unit);
        match UNITS.iter().find(whole) {
            Some((name, unit)) if self.0 > 0 => write!(f, "{}{name}", self.0 / unit),
            _ => f.write_str("0s"),
        }
    }
}

/// The units, the longest first, in milliseconds. A year has 365 days.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * DAY),
    ("w", 7 * DAY),
    ("d", DAY),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];
const DAY: u64 = 86_400_000;
const LEAP_YEAR: Duration = Duration::from_secs(366 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    fn json<T>(
        text: &str,
        read: impl FnOnce(serde_json::Value) -> serde_json::Result<T>,
    ) -> Result<T, String> {
        read(text.into()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_and_a_unit() {
        for (text, millis) in [
            ("1ms", 1),
            ("500ms", 500),
            ("10s", 10_000),
            ("5m", 300_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
            ("1w", 604_800_000),
            ("1y", 31_536_000_000),
        ] {
            let read = json(text, deserialize).unwrap();
            assert_eq!(read, Duration::from_millis(millis), "{text}");
            assert_eq!(json(text, setting::deserialize).unwrap(), read);
        }
        for bad in [
            "",
            "5",
            "s",
            "ms",
            "-1s",
            "+1s",
            "1.5s",
            "1ss",
            "1 s",
            "1S",
            "99999999999999999999s",
            "9999999999999999y",
        ] {
            let told = json(bad, deserialize).unwrap_err();
            let expected = format!("{bad:?} is not a duration such as 10s, 500ms or 5m");
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn zero_only_where_it_means_something() {
        for zero in ["0", "0s", "0ms", "0h", "00"] {
            assert_eq!(json(zero, setting_or_zero::deserialize), Ok(Duration::ZERO));
            for told in [json(zero, deserialize), json(zero, setting::deserialize)] {
                assert_eq!(told.unwrap_err(), "must be longer than zero");
            }
        }
    }

    #[test]
    fn a_setting_is_at_most_a_leap_year() {
        for read in [setting::deserialize, setting_or_zero::deserialize] {
            assert!(json("366d", read).is_ok());
            assert_eq!(json("367d", read).unwrap_err(), "is longer than a year");
        }
        assert!(json("10y", deserialize).is_ok());
    }

    #[test]
    fn a_duration_is_written_as_it_is_read() {
        let write = |duration| serialize(&duration, serde_json::value::Serializer);
        for text in ["1ms", "1500ms", "10s", "90m", "36h", "14d", "2y"] {
            let duration = json(text, deserialize).unwrap();
            assert_eq!(write(duration).unwrap(), text);
        }
        assert_eq!(write(Duration::ZERO).unwrap(), "0s");
        assert_eq!(write(Duration::from_secs(604_800)).unwrap(), "7d");
        assert!(write(Duration::from_micros(1)).is_err());
        assert!(write(Duration::MAX).is_err());
    }
}
