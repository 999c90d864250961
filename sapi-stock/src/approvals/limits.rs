//! How much may wait, and for how long.

use std::time::{Duration, SystemTime};

use super::application::Application;
use super::decision::Decision;

/// How much may wait, and for how long.
///
/// ```
/// use std::time::Duration;
/// let limits = sapi_stock::approvals::Limits {
///     per_client: 3,
///     in_all: 1000,
///     max_age: Duration::from_secs(30 * 86_400),
/// };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Pending requests of one client.
    pub per_client: usize,
    /// Pending requests of all clients.
    pub in_all: usize,
    /// After this long a pending request and a rejection are forgotten.
    pub max_age: Duration,
}

impl Limits {
    /// Whether a request is so old that it counts as unknown. An approval lasts until it is withdrawn.
    pub(super) fn forgets(&self, application: &Application, now: SystemTime) -> bool {
        let since = match &application.decision {
            None => application.received_at,
            Some(Decision::Rejected(refusal)) => refusal.at,
            Some(Decision::Approved(_)) => return false,
        };
        let age = now.duration_since(since);
        age.is_ok_and(|age| age > self.max_age)
    }
}
