//! The whole road in process, with the invariants of certificates as oracle.

use std::cell::LazyCell;
use std::time::{Duration, SystemTime};

use arbitrary::{Arbitrary, Unstructured};
use sapi::testing::Authority;

use crate::generated::{Case, Road};

/// The input is a [`Case`].
pub fn run(data: &[u8]) {
    thread_local! {
        static ROAD: LazyCell<Road> = LazyCell::new(|| Road::new(Authority::new(), *NOW));
    }
    if let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(data)) {
        ROAD.with(|road| road.travel(&case));
    }
}

/// Octets without meaning, of growing length: anything is a case.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let digest = |text: String| openssl::sha::sha512(text.as_bytes());
    let octets = |count: usize| -> Vec<u8> {
        (0..count)
            .flat_map(|part| digest(format!("{count}.{part}")))
            .collect()
    };
    (1..24).map(octets).collect()
}

/// In 2033, when UTCTime still has room.
static NOW: std::sync::LazyLock<SystemTime> =
    std::sync::LazyLock::new(|| SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000));
