//! What kept the service from starting.

use std::io;

use thiserror::Error;

use super::process::listen::ListenError;
use crate::hooks::BoxError;
use crate::identity::unfit::UnfitIdentity;
use crate::identity::{IdentityError, PassphraseError};
use crate::settings::error::SettingsError;

/// What kept the service from starting. The text names the key, the file or the address.
///
/// ```
/// # fn f(error: sapi::StartError) -> std::process::ExitCode {
/// eprintln!("{error}");
/// std::process::ExitCode::from(error.exit_code())
/// # }
/// ```
#[derive(Debug, Error)]
#[error(transparent)]
pub struct StartError(StartFault);

#[derive(Debug, Error)]
pub(crate) enum StartFault {
    #[error("settings: {0}")]
    Settings(#[from] SettingsError),
    #[error(
        "refusing to run as root: start the service as its own user \
         (`User=` in the unit, or `setpriv --reuid=sapi --regid=sapi --init-groups`), or allow root: \
         allow_root = true, or serve --allow-root"
    )]
    Root,
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Unfit(#[from] UnfitIdentity),
    #[error("the new CA certificate is not valid at present, so it is not used")]
    NotValidNow,
    #[error("this program has no hooks, so it could only deny: add one with App::hook")]
    NoHooks,
    /// Hooks could not be made, or could not prepare themselves.
    #[error("hooks: {0}")]
    Hooks(BoxError),
    /// The CA's key does not sign what its certificate verifies.
    #[error("the self-test signature failed: {0}")]
    SelfTest(BoxError),
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The output could not be written; the text names the file.
    #[error("{0}")]
    Output(String),
    #[error(transparent)]
    System(#[from] io::Error),
}

impl StartError {
    /// The exit code (sysexits): 78 for what the operator has set, 69 for a socket, 70 for a failed
    /// self-test, 71 for the system, 73 for a file that cannot be made.
    ///
    /// ```
    /// # fn f(error: sapi::StartError) { assert!(error.exit_code() >= 64); }
    /// ```
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.0.exit_code()
    }
}

impl From<StartFault> for StartError {
    fn from(fault: StartFault) -> Self {
        Self(fault)
    }
}

impl StartFault {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Listen(_) => 69,
            Self::SelfTest(_) => 70,
            Self::System(_) => 71,
            Self::Output(_) => 73,
            _ => 78,
        }
    }
}
