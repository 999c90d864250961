//! What a running service asks of its pipeline beside certificates.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::generation::Generation;
use super::metrics::Metrics;
use super::{Pipeline, self_test};
use crate::hooks::{BoxError, SigningHooks};
use crate::identity::pool::SigningPool;

impl Pipeline {
    /// Signs a throw-away request with the key in use and verifies the signature.
    pub(crate) async fn self_test(&self) -> Result<(), BoxError> {
        let generation = self.road.generations.current();
        self_test::run(&self.road.pool, &generation, (self.road.clock)()).await
    }

    /// Puts another generation in place of the one in use, once its hooks have prepared themselves
    /// and its key has signed; on any error the one in use goes on.
    pub(crate) async fn exchange(&self, next: Generation) -> Result<(), BoxError> {
        let next = Arc::new(next);
        next.hooks.boot(next.identity.issuer()).await?;
        self_test::run(&self.road.pool, &next, (self.road.clock)()).await?;
        self.road.generations.exchange(next);
        Ok(())
    }

    /// What has been counted on the road.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.road.metrics
    }

    pub(crate) fn pool(&self) -> &SigningPool {
        &self.road.pool
    }

    /// How many requests are on the road, those included whose client has hung up.
    pub(crate) fn in_flight(&self) -> usize {
        self.road.in_flight.load(Ordering::Acquire)
    }
}
