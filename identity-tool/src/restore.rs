//! `ca_restore`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Parser;
use sapi::identity::{
    IdentityError, OtherPassphrase, PassphraseError, Restore as Files, recipient_key,
};
use sapi_tools::Generate;
use sapi_tools::exit::{CONFIG, Failure, NO_INPUT, SYSTEM, USAGE};

use crate::backup::certificate;
use crate::directory::CaDirectory;
use crate::installation::{refused, report};
use crate::passphrase::{KeyPassphraseOptions, PassphraseOptions};
use crate::run::Tool;

/// Restores an identity from its backup, into a directory without an identity.
///
/// Takes the encrypted file with a recipient's certificate and key, or the archive that openssl has
/// decrypted. Before it puts anything in place, it compares the files with their checksums, unlocks the key,
/// and checks the identity as the service does when it starts.
///
/// The passphrase of the CA's key comes from the first of: --passphrase-fd, --passphrase-file,
/// SAPI_PASSPHRASE_FILE, $CREDENTIALS_DIRECTORY/ca-passphrase, CA_PASSPHRASE, the terminal. If the
/// recipient's key is locked, its passphrase comes from --key-passphrase-fd, --key-passphrase-file or the
/// terminal.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_restore", after_help = EXAMPLE)]
pub(crate) struct Restore {
    /// The backup, or the archive in it
    #[arg(value_name = "FILE", required = true)]
    backup: Option<PathBuf>,

    /// The recipient's certificate in PEM
    #[arg(long, value_name = "CERTIFICATE", requires = "key")]
    recipient: Option<PathBuf>,

    /// The recipient's private key in PEM
    #[arg(long, value_name = "FILE", requires = "recipient")]
    key: Option<PathBuf>,

    #[command(flatten)]
    key_passphrase: KeyPassphraseOptions,

    #[command(flatten)]
    directory: CaDirectory,

    #[command(flatten)]
    passphrase: PassphraseOptions,

    #[command(flatten)]
    generate: Generate,
}

impl Tool for Restore {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        let backup = read(&self.backup.unwrap_or_default())?;
        let restore = match (&self.recipient, &self.key) {
            (Some(recipient), Some(key)) => {
                let key = unlock(key, &self.key_passphrase.source())?;
                Files::open(&backup, &certificate(recipient)?, &key)
            }
            _ if Files::is_encrypted(&backup) => {
                let message = "the backup is encrypted; give --recipient and --key";
                return Err(Failure::new(USAGE, message));
            }
            _ => Files::from_archive(&backup),
        }
        .map_err(refused)?;
        let passphrase = self
            .passphrase
            .sources()
            .unlock()
            .map_err(|error| Failure::new(CONFIG, error))?;
        let installed = restore
            .install(&self.directory.ca_path, &passphrase, now)
            .map_err(refused)?;
        report(&installed, "identity")
            .and_then(|()| writeln!(io::stdout(), "Restored; ca_check_identity shows what it is"))
            .map_err(|error| Failure::new(SYSTEM, error))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::new(NO_INPUT, format!("{}: {error}", path.display())))
}

fn unlock(
    path: &Path,
    passphrase: &OtherPassphrase,
) -> Result<openssl::pkey::PKey<openssl::pkey::Private>, Failure> {
    let pem = read(path)?;
    recipient_key::<Unusable>(&pem, || {
        Ok(passphrase.unlock("Passphrase of the recipient's key: ")?)
    })
    .map_err(|error| Failure::new(CONFIG, format!("{}: {error}", path.display())))
}

/// Why a recipient's key cannot be used.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error(transparent)]
    Key(#[from] IdentityError),
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
}

const EXAMPLE: &str = "\
Example:
  ca_restore --ca-path /var/lib/ca --recipient alice.crt --key alice.key ca-backup.pem

Exit codes: 0 restored, 1 an identity exists and was kept, 64 wrong usage, 65 the backup is damaged or not
for this recipient, 66 a file cannot be read, 73 files cannot be written, 78 a passphrase cannot be used or
the identity does not fit together.";
