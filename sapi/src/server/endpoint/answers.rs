//! Answers, counted by HTTP status.

use std::sync::atomic::{AtomicU64, Ordering};

/// One counter for each status that `reply.rs` sends, and one for all others.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    counts: [AtomicU64; STATUSES.len()],
    others: AtomicU64,
}

impl Answers {
    pub(crate) fn count(&self, status: u16) {
        let place = STATUSES.iter().position(|known| *known == status);
        let count = place.and_then(|place| self.counts.get(place));
        count
            .unwrap_or(&self.others)
            .fetch_add(1, Ordering::Relaxed);
    }

    /// Shows every status with its count. Zeros are shown too, so that a rate exists from the first answer on.
    pub(crate) fn each(&self, mut show: impl FnMut(&str, u64)) {
        for (status, count) in STATUSES.iter().zip(&self.counts) {
            show(&status.to_string(), count.load(Ordering::Relaxed));
        }
        show("other", self.others.load(Ordering::Relaxed));
    }
}

const STATUSES: [u16; 15] = [
    200, 202, 400, 401, 403, 404, 405, 408, 413, 415, 422, 429, 431, 500, 503,
];
