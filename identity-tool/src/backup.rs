//! `ca_backup`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Parser;
use openssl::x509::X509;
use sapi::identity::{Backup as Made, IdentityErrorKind, load};
use sapi_tools::Generate;
use sapi_tools::exit::{CANNOT_CREATE, CONFIG, DATA, Failure, NO_INPUT, SYSTEM};

use crate::check::passphrase;
use crate::directory::CaDirectory;
use crate::installation::refused;
use crate::passphrase::PassphraseOptions;
use crate::run::Tool;

/// Makes one file of the identity, encrypted to the certificates of one or several people. Each of them can
/// open it alone.
///
/// The file is CMS in PEM around a tar archive: openssl and tar open it without this tool. The private key
/// inside is still locked with its passphrase: keep the passphrase in another place. The file must not exist.
///
/// If there is a passphrase, or a terminal to ask for one, the tool first tests that the key unlocks.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_backup", after_help = EXAMPLE)]
pub(crate) struct Backup {
    /// A recipient's certificate in PEM, with an RSA or EC key; repeat it for each
    #[arg(long = "to", value_name = "CERTIFICATE", required = true)]
    recipients: Vec<PathBuf>,

    /// The file to write
    #[arg(short, long, value_name = "FILE", required = true)]
    output: Option<PathBuf>,

    #[command(flatten)]
    directory: CaDirectory,

    /// Do not ask for a passphrase, and leave the private key untested
    #[arg(long, conflicts_with_all = ["passphrase_fd", "passphrase_file"])]
    no_key: bool,

    #[command(flatten)]
    passphrase: PassphraseOptions,

    #[command(flatten)]
    generate: Generate,
}

impl Tool for Backup {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        let directory = &self.directory.ca_path;
        let recipients: Result<Vec<_>, _> = self
            .recipients
            .iter()
            .map(|file| certificate(file))
            .collect();
        let passphrase = if self.no_key {
            None
        } else {
            passphrase(&self.passphrase)?
        };
        if let Some(passphrase) = &passphrase {
            match load(directory, passphrase, now) {
                // An intermediate that waits for its certificate is worth keeping too.
                Ok(_) => {}
                Err(error) if error.kind() == IdentityErrorKind::File => {}
                Err(error) => return Err(Failure::new(CONFIG, error)),
            }
        }
        let backup = Made::make(directory, &recipients?, now).map_err(refused)?;
        let output = self.output.unwrap_or_default();
        let path = output.display();
        backup.write(&output).map_err(|error| {
            Failure::new(CANNOT_CREATE, format!("{path}: cannot be written: {error}"))
        })?;
        let tested = if passphrase.is_some() {
            "unlocks"
        } else {
            "not tested: no passphrase"
        };
        let names = backup.names().join(", ");
        writeln!(
            io::stdout(),
            "{path}\nContains {names}\nPrivate key: {tested}"
        )
        .map_err(|error| Failure::new(SYSTEM, error))
    }
}

/// Reads a recipient's certificate.
pub(crate) fn certificate(file: &Path) -> Result<X509, Failure> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let pem = fs::read(file).map_err(|error| Failure::new(NO_INPUT, named(&error)))?;
    let found = X509::from_pem(&pem);
    found.map_err(|_| Failure::new(DATA, named(&"no certificate in PEM")))
}

const EXAMPLE: &str = "\
Example:
  ca_backup --to alice.crt --to bob.crt -o ca-backup.pem

Without this tool, Alice opens it with:
  openssl cms -decrypt -inform PEM -in ca-backup.pem -recip alice.crt -inkey alice.key | tar -xv

Exit codes: 0 written, 64 wrong usage, 65 a recipient's certificate cannot be used, 66 a file cannot be
read, 73 the backup exists or cannot be written, 78 the identity or the passphrase cannot be used.";
