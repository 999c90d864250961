//! The health of the service: when signing last worked, and how many reloads did.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// When the last signature was made, a real one or the self-test's.
#[derive(Debug)]
pub(crate) struct Health {
    started: Instant,
    started_at: SystemTime,
    interval: Duration,
    /// Milliseconds from the start to the last signature, plus one. Zero means: not yet.
    signed: AtomicU64,
    reloads: [AtomicU64; 2],
}

impl Health {
    /// After an `interval` without a signature, the service is not ready.
    pub(crate) fn new(interval: Duration) -> Self {
        Self {
            started: Instant::now(),
            started_at: SystemTime::now(),
            interval,
            signed: AtomicU64::new(0),
            reloads: Default::default(),
        }
    }

    pub(crate) fn interval(&self) -> Duration {
        self.interval
    }

    /// Notes that a signature has just been made and verified.
    pub(crate) fn signs(&self) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        self.signed.store(now + 1, Ordering::Relaxed);
    }

    /// Whether the last signature is recent enough.
    pub(crate) fn signs_still(&self) -> bool {
        self.last_signature()
            .is_some_and(|last| self.started.elapsed().saturating_sub(last) <= self.interval)
    }

    /// The wall clock at the last signature, in seconds since 1970. It is zero before the first one.
    pub(crate) fn last_signature_timestamp(&self) -> f64 {
        self.last_signature()
            .map_or(0.0, |last| timestamp(self.started_at + last))
    }

    pub(crate) fn start_timestamp(&self) -> f64 {
        timestamp(self.started_at)
    }

    pub(crate) fn reloaded(&self, well: bool) {
        let [failed, done] = &self.reloads;
        let count = if well { done } else { failed };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// How many reloads failed, and how many succeeded.
    pub(crate) fn reloads(&self) -> [u64; 2] {
        let [failed, done] = &self.reloads;
        [failed.load(Ordering::Relaxed), done.load(Ordering::Relaxed)]
    }

    fn last_signature(&self) -> Option<Duration> {
        let after = self.signed.load(Ordering::Relaxed).checked_sub(1)?;
        Some(Duration::from_millis(after))
    }
}

/// Seconds since 1970.
pub(crate) fn timestamp(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
