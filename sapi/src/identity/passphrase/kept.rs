//! The passphrase once more, when the identity is loaded anew.

use super::Passphrase;
use super::error::PassphraseError;
use super::sources::PassphraseSources;

/// Where the passphrase came from, and the passphrase itself if it cannot be had from there twice.
///
/// A file or a credential is read again, so that the passphrase may change with the identity, and no
/// copy stays in memory. A pipe, a terminal, an environment that has been cleaned: what came from there is
/// kept until the end, and wiped then.
#[derive(Clone, Debug)]
pub(crate) struct KeptPassphrase {
    sources: PassphraseSources,
    kept: Option<Passphrase>,
}

impl KeptPassphrase {
    /// Asks the sources for the first time.
    pub(crate) fn unlock(
        sources: &PassphraseSources,
    ) -> Result<(Passphrase, Self), PassphraseError> {
        let passphrase = sources.unlock()?;
        let kept = (!sources.can_be_read_again()).then(|| passphrase.clone());
        let sources = sources.clone();
        Ok((passphrase, Self { sources, kept }))
    }

    /// The passphrase of the identity that is there now; nobody is asked at a terminal.
    pub(crate) fn again(&self) -> Result<Passphrase, PassphraseError> {
        match &self.kept {
            Some(kept) => Ok(kept.clone()),
            None => self.sources.unlock(),
        }
    }
}
