//! The options that say where the passphrase is.

use std::os::fd::RawFd;
use std::path::PathBuf;

use clap::Args;
use sapi::identity::PassphraseSources;

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
    pub(crate) fn sources(self) -> PassphraseSources {
        PassphraseSources {
            fd: self.passphrase_fd,
            file: self.passphrase_file,
        }
    }
}
