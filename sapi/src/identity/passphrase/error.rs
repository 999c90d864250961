//! Why there is no passphrase.

use std::io;

use thiserror::Error;

/// Why there is no passphrase; the text names the source, never what was in it.
///
/// ```
/// # fn f(error: &sapi::identity::PassphraseError) {
/// eprintln!("{error}");
/// # }
/// ```
#[derive(Debug, Error)]
#[error(transparent)]
pub struct PassphraseError(PassphraseFault);

#[derive(Debug, Error)]
pub(crate) enum PassphraseFault {
    #[error("the passphrase is empty")]
    Empty,
    #[error("the passphrase has more than {0} bytes")]
    TooLong(usize),
    /// A source that has something else than a passphrase.
    #[error("{0}: {1}")]
    InSource(String, #[source] Box<PassphraseError>),
    #[error("{0}: cannot read the passphrase: {1}")]
    Unreadable(String, #[source] io::Error),
    /// Nobody gave the passphrase of the CA's key, and there is nobody to ask.
    #[error("no passphrase for the CA's private key; tried {}", .0.join(", "))]
    NoSource(Vec<String>),
    /// Nobody gave a passphrase other than the CA key's, and there is nobody to ask.
    #[error("no passphrase; tried {}", .0.join(", "))]
    NotGiven(Vec<String>),
    #[error("the two passphrases differ; nothing was done")]
    Mismatch,
}

impl From<PassphraseFault> for PassphraseError {
    fn from(fault: PassphraseFault) -> Self {
        Self(fault)
    }
}

impl PassphraseError {
    pub(crate) fn unreadable(source: &str, error: io::Error) -> Self {
        Self(PassphraseFault::Unreadable(source.to_owned(), error))
    }

    pub(crate) fn in_source(source: &str, error: Self) -> Self {
        Self(PassphraseFault::InSource(
            source.to_owned(),
            Box::new(error),
        ))
    }
}
