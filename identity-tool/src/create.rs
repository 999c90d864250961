//! `ca_create_identity`.

use std::io::{self, Write};
use std::time::SystemTime;

use clap::Parser;
use sapi::DistinguishedName;
use sapi::KeyKind;
use sapi::Validity;
use sapi::identity::{AuthorityRequest, Existing, NewIdentity, Passphrase, existing};
use sapi_tools::Generate;
use sapi_tools::exit::{CONFIG, Failure, SYSTEM, USAGE};

use crate::directory::CaDirectory;
use crate::installation::{refused, report, what_about_the_old};
use crate::passphrase::PassphraseOptions;
use crate::run::Tool;
use crate::spinner::Spinner;
use crate::subject::subject;

/// Creates the identity of a certificate authority: a key locked with a passphrase, and a
/// certificate that it signs itself. Makes the directory if it is missing.
///
/// Writes ca.private_key.pem, ca.public_key.pem, ca.csr.pem and ca.cert.pem: all of them or none.
/// If the directory contains an identity, asks whether to replace it, and keeps the old files in a
/// folder named after the date. Without a terminal to ask, nothing is replaced.
///
/// With --intermediate it makes no certificate: an outside CA makes one from ca.csr.pem, and
/// ca_install_certificate puts it in place.
///
/// The passphrase comes from the first of: --passphrase-fd, --passphrase-file,
/// SAPI_PASSPHRASE_FILE, $CREDENTIALS_DIRECTORY/ca-passphrase, CA_PASSPHRASE, the terminal.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_create_identity", after_help = EXAMPLE)]
pub(crate) struct CreateIdentity {
    /// A field of the CA's subject, such as CN ca.net; repeat it, in the wanted order
    #[arg(short, long = "field", num_args = 2, value_names = ["KEY", "VALUE"], allow_hyphen_values = true)]
    fields: Vec<String>,

    /// How long the CA is valid: a number of years, or a number with s, m, h, d, w or y
    #[arg(short, long, default_value = "10")]
    validity: Validity,

    #[command(flatten)]
    directory: CaDirectory,

    /// Make a key and a request for an outside CA, and no certificate
    #[arg(long, conflicts_with = "validity")]
    intermediate: bool,

    /// The kind of key: rsa:2048, rsa:3072, rsa:4096, ec:p256, ec:p384 or ed25519
    #[arg(long, value_name = "KIND", default_value = "ec:p256")]
    key: KeyKind,

    #[command(flatten)]
    passphrase: PassphraseOptions,

    #[command(flatten)]
    generate: Generate,
}

impl Tool for CreateIdentity {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        let subject = subject(&self.fields)?;
        if subject.is_empty() {
            let message = "the CA needs a subject: give at least -f CN NAME";
            return Err(Failure::new(USAGE, message));
        }
        let directory = &self.directory.ca_path;
        let existing = what_about_the_old(directory, &existing(directory), "identity")?;
        let passphrase = self
            .passphrase
            .sources()
            .create()
            .map_err(|error| Failure::new(CONFIG, error))?;
        if self.intermediate {
            self.request(&subject, &passphrase, existing, now)
        } else {
            self.identity(&subject, &passphrase, existing, now)
        }
    }
}

impl CreateIdentity {
    fn identity(
        &self,
        subject: &DistinguishedName,
        passphrase: &Passphrase,
        existing: Existing,
        now: SystemTime,
    ) -> Result<(), Failure> {
        let identity = {
            let _spinner = self.spinner();
            NewIdentity::self_signed(subject, self.key, self.validity.duration(), now)
                .map_err(refused)?
        };
        let installed = identity
            .install(&self.directory.ca_path, passphrase, existing, now)
            .map_err(refused)?;
        let end = identity.certificate().not_after();
        report(&installed, "identity")
            .and_then(|()| writeln!(io::stdout(), "Valid until {end}"))
            .map_err(|error| Failure::new(SYSTEM, error))
    }

    fn request(
        &self,
        subject: &DistinguishedName,
        passphrase: &Passphrase,
        existing: Existing,
        now: SystemTime,
    ) -> Result<(), Failure> {
        let request = {
            let _spinner = self.spinner();
            AuthorityRequest::new(subject, self.key).map_err(refused)?
        };
        let installed = request
            .install(&self.directory.ca_path, passphrase, existing, now)
            .map_err(refused)?;
        report(&installed, "identity")
            .and_then(|()| writeln!(io::stdout(), "{HAVE_IT_SIGNED}"))
            .map_err(|error| Failure::new(SYSTEM, error))
    }

    fn spinner(&self) -> Spinner {
        Spinner::start(format!("Making a key ({})", self.key))
    }
}

/// The next step after a request; `ca_roll_identity` prints it too.
pub(crate) const HAVE_IT_SIGNED: &str =
    "Have ca.csr.pem signed by the outside CA, then run ca_install_certificate";

const EXAMPLE: &str = "\
Example:
  ca_create_identity -f C US -f CN ca.net -f L \"Palm Beach\" \\
      -f O \"Random Authority, Inc.\" -f ST Florida -f emailAddress ca@example.net -v 10
  ca_create_identity --intermediate -f O \"Random Authority, Inc.\" -f CN \"Issuing CA 1\"

Exit codes: 0 created, 1 an identity exists and was kept, 64 wrong usage, 73 files cannot be
written, 78 the passphrase cannot be used.";
