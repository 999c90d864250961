//! Moments as text: for people and JSON by RFC 3339, for OpenSSL's index as in certificates.

use std::time::{Duration, SystemTime};

use der::DateTime;
use serde::{Deserialize, Deserializer, Serializer, de::Error as _, ser::Error as _};

/// `2026-11-21T09:43:00Z`; whole seconds, as certificates have them.
pub(crate) fn rfc3339(moment: SystemTime) -> String {
    read(moment).map_or_else(String::new, |moment| moment.to_string())
}

/// What [`rfc3339`] writes.
pub(crate) fn from_rfc3339(text: &str) -> Option<SystemTime> {
    let moment: DateTime = text.parse().ok()?;
    Some(moment.to_system_time())
}

/// UTCTime to the end of 2049, GeneralizedTime after it (RFC 5280 section 4.1.2.5).
pub(crate) fn asn1(moment: SystemTime) -> String {
    let Some(moment) = read(moment) else {
        return String::new();
    };
    let year = moment.year();
    let rest = format!(
        "{:02}{:02}{:02}{:02}{:02}Z",
        moment.month(),
        moment.day(),
        moment.hour(),
        moment.minutes(),
        moment.seconds()
    );
    if (1950..2050).contains(&year) {
        format!("{:02}{rest}", year % 100)
    } else {
        format!("{year:04}{rest}")
    }
}

fn read(moment: SystemTime) -> Option<DateTime> {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    DateTime::from_unix_duration(Duration::from_secs(since.as_secs())).ok()
}

pub(crate) fn serialize<S: Serializer>(moment: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
    match rfc3339(*moment) {
        text if text.is_empty() => Err(S::Error::custom("a time outside 1970 to 9999")),
        text => to.serialize_str(&text),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
    let text = String::deserialize(from)?;
    from_rfc3339(&text).ok_or_else(|| {
        D::Error::custom(format!(
            "{text:?} is not a time such as 2026-11-21T09:43:00Z"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (seconds, text, index) in [
            (0, "1970-01-01T00:00:00Z", "700101000000Z"),
            (2_524_607_999, "2049-12-31T23:59:59Z", "491231235959Z"),
            (2_524_608_000, "2050-01-01T00:00:00Z", "20500101000000Z"),
        ] {
            let moment = SystemTime::UNIX_EPOCH + Duration::new(seconds, 5);
            assert_eq!(rfc3339(moment), text);
            assert_eq!(asn1(moment), index);
            let whole = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(from_rfc3339(text), Some(whole));
        }
        assert_eq!(from_rfc3339("soon"), None);
    }
}
