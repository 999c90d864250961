//! `ca_roll_identity`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Parser;
use sapi::KeyKind;
use sapi::Validity;
use sapi::identity::{Passphrase, Rollover, SuccessorKey};
use sapi_tools::Generate;
use sapi_tools::exit::{CONFIG, Failure, SYSTEM};

use crate::create::HAVE_IT_SIGNED;
use crate::directory::CaDirectory;
use crate::installation::{refused, report};
use crate::passphrase::PassphraseOptions;
use crate::run::Tool;
use crate::spinner::Spinner;

/// Prepares the successor of a certificate authority, and later puts it in place.
///
/// The first step makes a key and a certificate with the same subject, in the folder `next` of the CA's
/// directory. It publishes ca.bundle.pem, the CAs to trust from now on, and two cross-certificates for
/// verifiers that know only one of the two: ca.new-by-old.pem and ca.old-by-new.pem. Nothing else changes
/// yet: give everybody the bundle.
///
/// The second step, with --activate, puts the successor in place of the identity, and keeps the old files in a
/// folder named after the date. The service takes it at SIGHUP. Keep the bundle published until the last
/// certificate of the old CA has expired.
///
/// If an outside CA certifies this one, the first step makes a key and a request in `next`, and
/// ca_install_certificate puts the certificate there.
///
/// The passphrase stays the same for the successor. It comes from the first of: --passphrase-fd,
/// --passphrase-file, SAPI_PASSPHRASE_FILE, $CREDENTIALS_DIRECTORY/ca-passphrase, CA_PASSPHRASE, the terminal.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_roll_identity", after_help = EXAMPLE)]
pub(crate) struct RollIdentity {
    /// Put the prepared successor in place
    #[arg(long, conflicts_with_all = ["same_key", "key", "validity"])]
    activate: bool,

    /// Renew the certificate and keep the key; an old certificate of version 1 or with SHA-1 becomes a
    /// modern one
    #[arg(long, conflicts_with = "key")]
    same_key: bool,

    /// The kind of the new key: rsa:2048, rsa:3072, rsa:4096, ec:p256, ec:p384 or ed25519
    #[arg(long, value_name = "KIND", default_value = "ec:p256")]
    key: KeyKind,

    /// How long the successor is valid: a number of years, or a number with s, m, h, d, w or y
    #[arg(short, long, default_value = "10")]
    validity: Validity,

    /// Write the bundle and the cross-certificates into this folder instead of the CA's directory
    #[arg(long, value_name = "DIR")]
    publish: Option<PathBuf>,

    #[command(flatten)]
    directory: CaDirectory,

    #[command(flatten)]
    passphrase: PassphraseOptions,

    #[command(flatten)]
    generate: Generate,
}

impl Tool for RollIdentity {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        let passphrase = self
            .passphrase
            .sources()
            .unlock()
            .map_err(|error| Failure::new(CONFIG, error))?;
        let directory = &self.directory.ca_path;
        let rollover = Rollover {
            directory,
            publish: self.publish.as_deref().unwrap_or(directory),
        };
        if self.activate {
            let installed = rollover.activate(&passphrase, now).map_err(refused)?;
            report(&installed, "identity")
                .and_then(|()| writeln!(io::stdout(), "A running service takes it at SIGHUP"))
                .map_err(|error| Failure::new(SYSTEM, error))
        } else {
            self.prepare(rollover, &passphrase, now)
        }
    }
}

impl RollIdentity {
    fn prepare(
        &self,
        rollover: Rollover<'_>,
        passphrase: &Passphrase,
        now: SystemTime,
    ) -> Result<(), Failure> {
        let (key, doing) = if self.same_key {
            (SuccessorKey::Same, "Renewing the certificate".to_owned())
        } else {
            let doing = format!("Making a key ({})", self.key);
            (SuccessorKey::New(self.key), doing)
        };
        let prepared = {
            let _spinner = Spinner::start(doing);
            rollover
                .prepare(passphrase, key, self.validity.duration(), now)
                .map_err(refused)?
        };
        print(&prepared.written)
            .and_then(|()| print(&prepared.published))
            .and_then(|()| {
                if prepared.published.is_empty() {
                    let next = prepared.written.first().and_then(|file| file.parent());
                    let next = next.unwrap_or(Path::new("next")).display();
                    writeln!(io::stdout(), "{HAVE_IT_SIGNED} --ca-path {next}")
                } else {
                    writeln!(io::stdout(), "{GIVE_IT}")
                }
            })
            .map_err(|error| Failure::new(SYSTEM, error))
    }
}

fn print(paths: &[PathBuf]) -> io::Result<()> {
    let mut output = io::stdout();
    paths
        .iter()
        .try_for_each(|path| writeln!(output, "{}", path.display()))
}

const GIVE_IT: &str =
    "Give ca.bundle.pem to everybody who verifies, and only then run ca_roll_identity --activate";

const EXAMPLE: &str = "\
Example:
  ca_roll_identity --publish /var/www/ca
  ca_roll_identity --publish /var/www/ca --activate
  systemctl reload sapi.service

Exit codes: 0 done, 1 a successor is already prepared, or not yet, 64 wrong usage, 73 files cannot be
written, 78 the passphrase or the identity cannot be used.";
