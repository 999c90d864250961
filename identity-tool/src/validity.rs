//! Validity phrases: `10`, `10y`, `90d`, `3600s`.

use std::time::Duration;

/// Reads a phrase; a bare number means years, and a year has 365 days.
pub(crate) fn parse(phrase: &str) -> Result<Duration, String> {
    let digits = phrase.len()
        - phrase
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    let (number, unit) = phrase.split_at(digits);
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => HOUR,
        "d" => DAY,
        "w" => 7 * DAY,
        "y" | "" => 365 * DAY,
        _ => return Err("the unit must be one of s, m, h, d, w, y".to_owned()),
    };
    let number: u64 = number
        .parse()
        .map_err(|_| "must be a number with an optional unit, such as 10y".to_owned())?;
    match number.checked_mul(unit) {
        Some(0) => Err("must be longer than nothing".to_owned()),
        Some(seconds) if seconds <= LONGEST => Ok(Duration::from_secs(seconds)),
        _ => Err("must not be longer than 7000 years".to_owned()),
    }
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const LONGEST: u64 = 7000 * 365 * DAY;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases() {
        for (phrase, seconds) in [
            ("10", 315_360_000),
            ("10y", 315_360_000),
            ("2w", 1_209_600),
            ("90d", 7_776_000),
            ("12h", 43_200),
            ("5m", 300),
            ("3600s", 3600),
        ] {
            assert_eq!(parse(phrase), Ok(Duration::from_secs(seconds)), "{phrase}");
        }
        for phrase in [
            "",
            "y",
            "0",
            "0d",
            "-1",
            "+1",
            "1.5y",
            "1 y",
            "10Y",
            "ten",
            "99999999999999999999",
            "7001",
            "１",
        ] {
            assert!(parse(phrase).is_err(), "{phrase}");
        }
    }
}
