//! A histogram of durations, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts durations in buckets. An observation costs two atomic additions and allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// One for each bound, and a last one for longer durations.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Histogram {
    pub(crate) fn observe(&self, took: Duration) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let place = BOUNDS.partition_point(|bound| *bound < nanoseconds);
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    pub(crate) fn count(&self) -> u64 {
        self.buckets
            .iter()
            .map(|bucket| bucket.load(Ordering::Relaxed))
            .sum()
    }

    pub(crate) fn sum(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }

    /// Upper bounds in seconds, each with the count of its own bucket. The last bound is `f64::MAX`.
    pub(crate) fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = BOUNDS
            .iter()
            .map(|bound| Duration::from_nanos(*bound).as_secs_f64())
            .chain([f64::MAX]);
        let counts = self.buckets.iter();
        bounds
            .zip(counts.map(|bucket| bucket.load(Ordering::Relaxed)))
            .collect()
    }
}

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

/// In nanoseconds. The shortest fits an elliptic-curve signature, the longest a hook that waits for a person.
const BOUNDS: [u64; 16] = [
    100 * MICROSECOND,
    250 * MICROSECOND,
    500 * MICROSECOND,
    MILLISECOND,
    2_500 * MICROSECOND,
    5 * MILLISECOND,
    10 * MILLISECOND,
    25 * MILLISECOND,
    50 * MILLISECOND,
    100 * MILLISECOND,
    250 * MILLISECOND,
    500 * MILLISECOND,
    SECOND,
    2_500 * MILLISECOND,
    5 * SECOND,
    10 * SECOND,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_the_documentation() {
        let buckets = Histogram::default().buckets();
        let bounds: Vec<_> = buckets.iter().map(|(bound, _)| *bound).collect();
        let seconds = [
            0.000_1,
            0.000_25,
            0.000_5,
            0.001,
            0.002_5,
            0.005,
            0.01,
            0.025,
            0.05,
            0.1,
            0.25,
            0.5,
            1.0,
            2.5,
            5.0,
            10.0,
            f64::MAX,
        ];
        assert_eq!(bounds, seconds);
    }

    #[test]
    fn durations_fall_into_the_first_bucket_that_holds_them() {
        let histogram = Histogram::default();
        for microseconds in [0, 100, 101, 20_000_000] {
            histogram.observe(Duration::from_micros(microseconds));
        }
        let buckets = histogram.buckets();
        assert_eq!(buckets[0], (0.000_1, 2));
        assert_eq!(buckets[1], (0.000_25, 1));
        assert_eq!(buckets[16], (f64::MAX, 1));
        assert_eq!(histogram.count(), 4);
        assert_eq!(histogram.sum(), Duration::from_micros(20_000_201));
    }
}
