//! Validity: how long a certificate is valid.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::encoding::duration;
use crate::encoding::text::serde_as_text;

/// A length of time in whole seconds, at least one.
///
/// Written as a number and a unit: `s`, `m` (minutes), `h`, `d`, `w`, `y`; a bare number counts
/// years. A year has 365 days.
///
/// ```
/// use sapi::Validity;
///
/// let validity: Validity = "90d".parse()?;
/// assert_eq!(validity, Validity::days(90));
/// assert_eq!("10".parse::<Validity>()?, "10y".parse()?);
/// assert!("0d".parse::<Validity>().is_err());
/// # Ok::<(), sapi::InvalidValidity>(())
/// ```
///
/// With serde it is this text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Validity {
    seconds: u64,
}

impl Validity {
    /// A number of seconds, at least one and at most ten thousand years.
    ///
    /// ```
    /// assert_eq!(sapi::Validity::seconds(3600), sapi::Validity::hours(1));
    /// ```
    #[must_use]
    pub const fn seconds(count: u64) -> Self {
        let seconds = match count {
            0 => 1,
            count if count > LONGEST => LONGEST,
            count => count,
        };
        Self { seconds }
    }

    /// A number of hours.
    ///
    /// ```
    /// assert_eq!(sapi::Validity::hours(24), sapi::Validity::days(1));
    /// ```
    #[must_use]
    pub const fn hours(count: u64) -> Self {
        Self::seconds(count.saturating_mul(3600))
    }

    /// A number of days of 24 hours.
    ///
    /// ```
    /// assert_eq!(sapi::Validity::days(7).duration().as_secs(), 604_800);
    /// ```
    #[must_use]
    pub const fn days(count: u64) -> Self {
        Self::hours(count.saturating_mul(24))
    }

    /// A number of years of 365 days.
    ///
    /// ```
    /// assert_eq!(sapi::Validity::years(1), sapi::Validity::days(365));
    /// ```
    #[must_use]
    pub const fn years(count: u64) -> Self {
        Self::days(count.saturating_mul(365))
    }

    /// The same as a standard duration.
    ///
    /// ```
    /// assert_eq!(sapi::Validity::seconds(5).duration().as_secs(), 5);
    /// ```
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

impl FromStr for Validity {
    type Err = InvalidValidity;

    fn from_str(text: &str) -> Result<Self, InvalidValidity> {
        let seconds = match duration::split(text) {
            Some((years, None)) => years.checked_mul(YEAR),
            // A fraction of a second is not a validity.
            Some((number, Some(unit))) if unit >= 1000 => number.checked_mul(unit / 1000),
            _ => None,
        };
        match seconds {
            Some(seconds @ 1..=LONGEST) => Ok(Self { seconds }),
            _ => Err(InvalidValidity(text.chars().take(40).collect())),
        }
    }
}

/// Writes a number of the largest unit that gives a whole number.
impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        duration::Text(self.seconds * 1000).fmt(f)
    }
}

serde_as_text!(Validity);

/// A text is not a validity.
///
/// ```
/// let error = "soon".parse::<sapi::Validity>().unwrap_err();
/// assert_eq!(error.to_string(), "\"soon\" is not a validity: write a number and s, m, h, d, w or y, such as 90d; a bare number counts years");
/// ```
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} is not a validity: write a number and s, m, h, d, w or y, such as 90d; a bare number counts years"
)]
pub struct InvalidValidity(String);

const YEAR: u64 = 365 * 86_400;
const LONGEST: u64 = 10_000 * YEAR;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_a_second_to_ten_thousand_years() {
        let seconds = |count| Validity::seconds(count).duration().as_secs();
        assert_eq!([seconds(0), seconds(1), seconds(2)], [1, 1, 2]);
        assert_eq!(seconds(LONGEST - 1), LONGEST - 1);
        assert_eq!(
            [seconds(LONGEST), seconds(LONGEST + 1), seconds(u64::MAX)],
            [LONGEST; 3]
        );
        let error = "soon".parse::<Validity>().unwrap_err().to_string();
        assert!(error.starts_with("\"soon\" is not a validity: "), "{error}");
    }

    #[test]
    fn phrases() {
        let seconds = |text: &str| text.parse::<Validity>().unwrap().duration().as_secs();
        assert_eq!(seconds("10"), 10 * 365 * 86_400);
        assert_eq!(seconds("3600s"), 3600);
        assert_eq!(seconds("2m"), 120);
        assert_eq!(seconds("2w"), 14 * 86_400);
        for bad in [
            "",
            "0",
            "d",
            "-1d",
            "1.5d",
            "1dd",
            "1 d",
            "99999999999999999999y",
            "20000y",
            "+1d",
            "1000ms",
        ] {
            assert!(bad.parse::<Validity>().is_err(), "{bad}");
        }
        for text in ["10y", "90d", "36h", "5m", "7s"] {
            let validity = text.parse::<Validity>().unwrap();
            assert_eq!(validity.to_string(), text);
            let json = serde_json::to_value(validity).unwrap();
            assert_eq!(json, text);
            assert_eq!(serde_json::from_value::<Validity>(json).unwrap(), validity);
        }
        let told = serde_json::from_str::<Validity>("\"soon\"").unwrap_err();
        assert!(told.to_string().contains("\"soon\" is not a validity: "));
    }
}
