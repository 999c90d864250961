//! The assembly of a pipeline from its parts.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::generation::{Generation, GenerationStore};
use super::{Pipeline, Road};
use crate::certificate::{Issuer, Profile};
use crate::hooks::{BoxError, Hooks, IntoHooks};
use crate::identity::ca::Identity;
use crate::identity::pool::SigningPool;

impl Pipeline {
    /// A pipeline with the default profile, ten seconds for each call of a hook, and a signing thread per core.
    ///
    /// # Errors
    ///
    /// The system's error, if it cannot start threads.
    ///
    /// ```no_run
    /// # fn f(identity: sapi::Identity) -> std::io::Result<()> {
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let pipeline = sapi::Pipeline::new(identity, Members)?;
    /// # Ok(()) }
    /// ```
    pub fn new(identity: Identity, hooks: impl IntoHooks) -> std::io::Result<Self> {
        let pool = SigningPool::per_core()?;
        Ok(Self::assemble(
            identity,
            hooks.into_hooks(),
            pool,
            Profile::default(),
            Duration::from_secs(10),
        ))
    }

    pub(crate) fn assemble(
        identity: Identity,
        hooks: Hooks,
        pool: SigningPool,
        profile: Profile,
        hook_timeout: Duration,
    ) -> Self {
        // The one place below the server that reads the clock. A test replaces it.
        #[allow(clippy::disallowed_methods)]
        let clock = Box::new(SystemTime::now);
        Self {
            road: Arc::new(Road {
                generations: GenerationStore::new(Generation {
                    identity,
                    hooks,
                    profile,
                    hook_timeout,
                }),
                pool,
                clock,
                in_flight: Arc::default(),
                metrics: Arc::default(),
            }),
        }
    }

    /// Replaces the clock. Call it before the first request.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_clock(
        mut self,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Self {
        if let Some(road) = Arc::get_mut(&mut self.road) {
            road.clock = Box::new(clock);
        }
        self
    }

    /// The CA's public half, as it is now.
    ///
    /// ```no_run
    /// # fn f(pipeline: &sapi::Pipeline) { println!("{:?}", pipeline.issuer().subject()); }
    /// ```
    #[must_use]
    pub fn issuer(&self) -> Arc<Issuer> {
        Arc::clone(self.road.generations.current().identity.issuer())
    }

    /// Lets every hook prepare itself. Call it once, before the first request.
    ///
    /// # Errors
    ///
    /// The error of the first hook that fails.
    ///
    /// ```no_run
    /// # async fn f(pipeline: &sapi::Pipeline) -> Result<(), sapi::BoxError> {
    /// pipeline.boot().await?;
    /// # Ok(()) }
    /// ```
    pub async fn boot(&self) -> Result<(), BoxError> {
        let generation = self.road.generations.current();
        generation.hooks.boot(generation.identity.issuer()).await
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("hooks", &self.road.generations.current().hooks)
            .finish_non_exhaustive()
    }
}
