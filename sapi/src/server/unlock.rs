//! Unlocks the CA's identity.

use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use super::error::StartFault;
use crate::identity::ca::Identity;
use crate::identity::key::secure_heap;
use crate::identity::{IdentityErrorKind, Passphrase, load};

/// Loads the identity in a folder. It waits a while before it reports a wrong passphrase.
pub(crate) fn unlock(ca_path: &Path, passphrase: &Passphrase) -> Result<Identity, StartFault> {
    if let Err(why) = secure_heap::prepare() {
        tracing::warn!("the CA's key may be swapped to disk: {why}");
    }
    match load(ca_path, passphrase, SystemTime::now()) {
        Ok(loaded) => Ok(Identity::new(loaded.key, loaded.certificate, loaded.chain)?),
        Err(error) => {
            // Every other error is told once, by whoever asked for the identity.
            if error.kind() == IdentityErrorKind::WrongPassphrase {
                let name = ca_path.display();
                tracing::error!("{name}: not unlocked: {error}; waiting before saying so");
                thread::sleep(WRONG_PASSPHRASE_WAIT);
            }
            Err(error.into())
        }
    }
}

/// Slows down a person who tries passphrases, and a service manager that starts us again and again.
const WRONG_PASSPHRASE_WAIT: Duration = Duration::from_secs(1);
