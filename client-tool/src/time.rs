//! Conversions between a certificate's dates and the system's times.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;

/// A certificate's date; one before 1970 counts as 1970.
pub(crate) fn system_time(date: &Asn1TimeRef) -> Result<SystemTime, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(date)?;
    let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
    Ok(UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// A time for people to read. Empty if OpenSSL cannot write it.
pub(crate) fn shown(time: SystemTime) -> String {
    seconds(time)
        .try_into()
        .ok()
        .and_then(|seconds| Asn1Time::from_unix(seconds).ok())
        .map(|time| time.to_string())
        .unwrap_or_default()
}
