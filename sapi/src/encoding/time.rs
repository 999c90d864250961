//! Moments: as text, in DER, and as OpenSSL has them. The calendar is that of `der`, from 1970 to 9999.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use der::asn1::{GeneralizedTime, UtcTime};
use der::{DateTime, Decode, SliceReader, Tag};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;

use super::der_writer::DerWriter;

/// `2026-11-21T09:43:00Z` (RFC 3339). Outside of the calendar it says on which side.
pub(crate) fn rfc3339(moment: SystemTime) -> String {
    match date(moment) {
        Ok(date) => date.to_string(),
        Err(_) if moment < UNIX_EPOCH => "before 1970".to_owned(),
        Err(_) => "after 9999".to_owned(),
    }
}

/// `20261121T094300Z`, for names of files.
pub(crate) fn stamp(moment: SystemTime) -> String {
    rfc3339(moment).replace(['-', ':', ' '], "")
}

/// Writes UTCTime up to 2049, GeneralizedTime from 2050 on (RFC 5280 section 4.1.2.5).
pub(crate) fn write(moment: SystemTime, out: &mut DerWriter) -> Result<(), der::Error> {
    let date = date(moment)?;
    if date.year() < 2050 {
        out.value(&UtcTime::from_date_time(date)?)
    } else {
        out.value(&GeneralizedTime::from_date_time(date))
    }
}

/// Reads UTCTime or GeneralizedTime.
pub(crate) fn read(reader: &mut SliceReader<'_>) -> Result<SystemTime, der::Error> {
    match Tag::peek(reader)? {
        Tag::UtcTime => Ok(UtcTime::decode(reader)?.to_system_time()),
        _ => Ok(GeneralizedTime::decode(reader)?.to_system_time()),
    }
}

/// Reads a date of a certificate, to the second. An old certificate may have one before 1970.
pub(crate) fn from_openssl(date: &Asn1TimeRef) -> Result<SystemTime, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(date)?;
    let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let moment = match seconds {
        ..0 => UNIX_EPOCH.checked_sub(distance),
        _ => UNIX_EPOCH.checked_add(distance),
    };
    Ok(moment.unwrap_or(UNIX_EPOCH))
}

/// Writes a date for a certificate.
pub(crate) fn to_openssl(moment: SystemTime) -> Result<Asn1Time, OutsideCalendar> {
    date(moment).map_err(|_| OutsideCalendar)?;
    Asn1Time::from_unix(unix(moment)).map_err(|_| OutsideCalendar)
}

fn date(moment: SystemTime) -> Result<DateTime, der::Error> {
    let since = moment.duration_since(UNIX_EPOCH);
    let since = since.map_err(|_| der::ErrorKind::DateTime)?;
    DateTime::from_unix_duration(Duration::from_secs(since.as_secs()))
}

/// The whole seconds since 1970; negative before.
pub(crate) fn unix(moment: SystemTime) -> i64 {
    let signed = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    match moment.duration_since(UNIX_EPOCH) {
        Ok(since) => signed(since.as_secs()),
        Err(before) => -signed(before.duration().as_secs()),
    }
}

/// Cuts a moment to the whole second, as certificates count (RFC 5280 section 4.1.2.5). Before 1970 it is 1970.
pub(crate) fn whole_seconds(moment: SystemTime) -> SystemTime {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

/// A moment is outside of the calendar.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time is before 1970 or after 9999: check the clock of this machine")]
pub(crate) struct OutsideCalendar;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn before(seconds: u64) -> SystemTime {
        UNIX_EPOCH - Duration::from_secs(seconds)
    }

    const END_OF_9999: u64 = 253_402_300_799;

    #[test]
    fn known_moments() {
        for (seconds, text, compact) in [
            (0, "1970-01-01T00:00:00Z", "19700101T000000Z"),
            (951_782_399, "2000-02-28T23:59:59Z", "20000228T235959Z"),
            (951_782_400, "2000-02-29T00:00:00Z", "20000229T000000Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z", "20240229T235959Z"),
            (1_795_254_180, "2026-11-21T09:43:00Z", "20261121T094300Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z", "21000301T000000Z"),
            (END_OF_9999, "9999-12-31T23:59:59Z", "99991231T235959Z"),
        ] {
            let moment = at(seconds) + Duration::from_millis(999);
            assert_eq!(
                (rfc3339(moment), stamp(moment)),
                (text.into(), compact.into())
            );
            assert_eq!(whole_seconds(moment), at(seconds));
            let openssl = to_openssl(moment).unwrap();
            assert_eq!(from_openssl(&openssl).unwrap(), at(seconds));
            let mut der = DerWriter::default();
            write(moment, &mut der).unwrap();
            let der = der.finish();
            assert_eq!(
                read(&mut SliceReader::new(&der).unwrap()).unwrap(),
                at(seconds)
            );
            assert_eq!(
                der[0] == 0x17,
                seconds < 2_524_608_000,
                "UTCTime up to 2049"
            );
        }
    }

    #[test]
    fn outside_of_the_calendar() {
        for (moment, text) in [
            (before(1), "before 1970"),
            (at(END_OF_9999 + 1), "after 9999"),
        ] {
            assert_eq!(rfc3339(moment), text);
            assert_eq!(stamp(moment), text.replace(' ', ""));
            assert_eq!(to_openssl(moment).err(), Some(OutsideCalendar));
            assert!(write(moment, &mut DerWriter::default()).is_err());
        }
    }

    #[test]
    fn dates_of_old_certificates() {
        for (text, seconds) in [
            ("19700101000000Z", 0),
            ("19700102000001Z", 86_401),
            ("19691231235959Z", -1),
            ("19600101000000Z", -315_619_200),
            ("20991231235959Z", 4_102_444_799),
        ] {
            let date = Asn1Time::from_str(text).unwrap();
            assert_eq!(unix(from_openssl(&date).unwrap()), seconds, "{text}");
        }
    }
}
