//! What a running service needs from its pipeline besides certificates.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::generation::Generation;
use super::metrics::Metrics;
use super::{Pipeline, self_test};
use crate::hooks::BoxError;
use crate::identity::pool::SigningPool;

impl Pipeline {
    /// Signs a throw-away request with the key in use and verifies the signature.
    pub(crate) async fn self_test(&self) -> Result<(), BoxError> {
        let generation = self.road.generations.current();
        self_test::run(&self.road.pool, &generation, (self.road.clock)()).await
    }

    /// Boots the hooks of the next generation, tries its key, then puts it into use. On any error the
    /// generation in use stays.
    pub(crate) async fn exchange(&self, next: Generation) -> Result<(), BoxError> {
        let next = Arc::new(next);
        next.hooks.boot(next.identity.issuer()).await?;
        self_test::run(&self.road.pool, &next, (self.road.clock)()).await?;
        self.road.generations.exchange(next);
        Ok(())
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.road.metrics
    }

    pub(crate) fn pool(&self) -> &SigningPool {
        &self.road.pool
    }

    /// The number of requests in flight, including requests whose client has hung up.
    pub(crate) fn in_flight(&self) -> usize {
        self.road.in_flight.load(Ordering::Acquire)
    }
}
