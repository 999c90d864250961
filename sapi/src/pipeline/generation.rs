//! The generation: identity, hooks and profile, which are exchanged together.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::certificate::Profile;
use crate::hooks::Hooks;
use crate::identity::ca::Identity;

/// Identity, hooks and profile. A request takes one generation at its start and keeps it to its end,
/// so that no certificate mixes the old and the new.
pub(crate) struct Generation {
    pub(crate) identity: Identity,
    pub(crate) hooks: Hooks,
    pub(crate) profile: Profile,
    /// The time limit of each call of a hook.
    pub(crate) hook_timeout: Duration,
}

/// Holds the generation in use.
pub(crate) struct GenerationStore {
    current: RwLock<Arc<Generation>>,
}

impl GenerationStore {
    pub(crate) fn new(generation: Generation) -> Self {
        Self {
            current: RwLock::new(Arc::new(generation)),
        }
    }

    /// The generation in use. A request takes it once, at its start.
    pub(crate) fn current(&self) -> Arc<Generation> {
        // No code can panic while it has the lock, so even a poisoned lock contains a whole value.
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives new requests this generation. Requests in flight keep theirs.
    pub(crate) fn exchange(&self, next: Arc<Generation>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
    }
}
