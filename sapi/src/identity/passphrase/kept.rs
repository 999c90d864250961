//! The passphrase for a reload: read again from its source, or kept in memory.

use super::Passphrase;
use super::error::PassphraseError;
use super::sources::PassphraseSources;

/// The sources of the passphrase, and the passphrase itself if its source can be read only once.
///
/// A file or a credential is read again. So the passphrase may change with the identity, and memory does not
/// keep a copy. A pipe, a terminal and a cleaned environment give the passphrase only once. It is then kept
/// until the end, and wiped.
#[derive(Clone, Debug)]
pub(crate) struct KeptPassphrase {
    sources: PassphraseSources,
    kept: Option<Passphrase>,
}

impl KeptPassphrase {
    /// Reads the passphrase for the first time.
    pub(crate) fn unlock(
        sources: &PassphraseSources,
    ) -> Result<(Passphrase, Self), PassphraseError> {
        let passphrase = sources.unlock()?;
        let kept = (!sources.can_be_read_again()).then(|| passphrase.clone());
        let sources = sources.clone();
        Ok((passphrase, Self { sources, kept }))
    }

    /// Returns the passphrase of the identity as it is now. It never asks at a terminal.
    pub(crate) fn again(&self) -> Result<Passphrase, PassphraseError> {
        match &self.kept {
            Some(kept) => Ok(kept.clone()),
            None => self.sources.unlock(),
        }
    }
}
