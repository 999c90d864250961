//! The identity in use.

use std::sync::{Arc, PoisonError, RwLock};

use super::Identity;

/// Holds the identity in use. Certificate and key are one value, so they change together.
pub(crate) struct IdentityStore {
    current: RwLock<Arc<Identity>>,
}

impl IdentityStore {
    pub(crate) fn new(identity: Identity) -> Self {
        Self {
            current: RwLock::new(Arc::new(identity)),
        }
    }

    /// The identity for one request, to be taken once at its start.
    pub(crate) fn current(&self) -> Arc<Identity> {
        // Nothing can panic while the lock is held, so a poisoned one holds a whole value.
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}
