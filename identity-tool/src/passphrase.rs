//! The options that say where the passphrase is.

use std::os::fd::RawFd;
use std::path::PathBuf;

use clap::Args;
use sapi::identity::{OtherPassphrase, PassphraseSources};

/// Without these options: SAPI_PASSPHRASE_FILE, systemd's credential, CA_PASSPHRASE, the terminal.
#[derive(Args, Clone, Debug)]
pub(crate) struct PassphraseOptions {
    /// Read the passphrase from this open file descriptor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    passphrase_fd: Option<RawFd>,

    /// Read the passphrase from this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseOptions {
    pub(crate) fn sources(&self) -> PassphraseSources {
        PassphraseSources {
            fd: self.passphrase_fd,
            file: self.passphrase_file.clone(),
        }
    }
}

/// The options of a new passphrase.
#[derive(Args, Clone, Debug)]
pub(crate) struct NewPassphraseOptions {
    /// Read the new passphrase from this open file descriptor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    new_passphrase_fd: Option<RawFd>,

    /// Read the new passphrase from this file
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

impl NewPassphraseOptions {
    pub(crate) fn source(&self) -> OtherPassphrase {
        OtherPassphrase {
            option: "--new-passphrase",
            fd: self.new_passphrase_fd,
            file: self.new_passphrase_file.clone(),
        }
    }
}

/// The options of the passphrase that locks a recipient's key.
#[derive(Args, Clone, Debug)]
pub(crate) struct KeyPassphraseOptions {
    /// Read the passphrase of the recipient's key from this open file descriptor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    key_passphrase_fd: Option<RawFd>,

    /// Read the passphrase of the recipient's key from this file
    #[arg(long, value_name = "FILE")]
    key_passphrase_file: Option<PathBuf>,
}

impl KeyPassphraseOptions {
    pub(crate) fn source(&self) -> OtherPassphrase {
        OtherPassphrase {
            option: "--key-passphrase",
            fd: self.key_passphrase_fd,
            file: self.key_passphrase_file.clone(),
        }
    }
}
