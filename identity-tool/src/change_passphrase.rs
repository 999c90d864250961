//! `ca_change_passphrase`.

use std::io::{self, Write};
use std::time::SystemTime;

use clap::Parser;
use sapi::identity::ChangePassphrase as Change;
use sapi_tools::Generate;
use sapi_tools::exit::{CONFIG, Failure, SYSTEM};

use crate::directory::CaDirectory;
use crate::installation::refused;
use crate::passphrase::{NewPassphraseOptions, PassphraseOptions};
use crate::run::Tool;

/// Locks the CA's private key with another passphrase.
///
/// It writes the new file beside the old one, reads it back and unlocks it, and only then replaces the old
/// one. The same passphrase is allowed: it locks a key in an older form as ca_create_identity does.
///
/// The old passphrase comes from the first of: --passphrase-fd, --passphrase-file,
/// SAPI_PASSPHRASE_FILE, $CREDENTIALS_DIRECTORY/ca-passphrase, CA_PASSPHRASE, the terminal. The new one
/// comes from --new-passphrase-fd, --new-passphrase-file or the terminal, which asks twice.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_change_passphrase", after_help = EXAMPLE)]
pub(crate) struct ChangePassphrase {
    #[command(flatten)]
    directory: CaDirectory,

    #[command(flatten)]
    passphrase: PassphraseOptions,

    #[command(flatten)]
    new_passphrase: NewPassphraseOptions,

    #[command(flatten)]
    generate: Generate,
}

impl Tool for ChangePassphrase {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, _: SystemTime) -> Result<(), Failure> {
        let config = |error| Failure::new(CONFIG, error);
        let old = self.passphrase.sources().unlock().map_err(config)?;
        let change = Change::begin(&self.directory.ca_path, &old)
            .map_err(|error| Failure::new(CONFIG, error))?;
        let new = self
            .new_passphrase
            .source()
            .create("New passphrase for the CA's private key: ")
            .map_err(config)?;
        change.finish(&new).map_err(refused)?;
        writeln!(io::stdout(), "{DONE}").map_err(|error| Failure::new(SYSTEM, error))
    }
}

const DONE: &str = "The passphrase is changed. Older backups still need the old one.";

const EXAMPLE: &str = "\
Example:
  ca_change_passphrase --passphrase-file /etc/sapi/ca-passphrase \
      --new-passphrase-file /etc/sapi/ca-passphrase.new

Exit codes: 0 changed, 64 wrong usage, 70 OpenSSL failed, 73 the key cannot be written, 78 the key or a
passphrase cannot be used.";
