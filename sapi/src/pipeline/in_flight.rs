//! The count of requests in flight. It includes requests whose client has hung up.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Road;

/// Counts one request while it is on the road.
pub(super) struct InFlight(pub(super) Arc<Road>);

impl InFlight {
    pub(super) fn begin(road: &Arc<Road>) -> Self {
        road.in_flight.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(road))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}
