//! `ca_create_identity`.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Parser;
use indicatif::ProgressBar;
use sapi::DistinguishedName;
use sapi::Validity;
use sapi::identity::{
    CreateError, Existing, InstallError, Installed, KeyKind, NewIdentity, existing,
};

use crate::confirm::confirm;
use crate::exit::{CANNOT_CREATE, CONFIG, Failure, NO, SOFTWARE, SYSTEM, USAGE};
use crate::generate::Generate;
use crate::passphrase::PassphraseOptions;
use crate::run::Tool;

/// Creates the identity of a certificate authority: a key locked with a passphrase, and a
/// certificate that it signs itself.
///
/// Writes ca.private_key.pem, ca.public_key.pem, ca.csr.pem and ca.cert.pem: all of them or none.
/// If the directory holds an identity already, asks whether to replace it; the old files are then
/// kept in a folder named after the date. Without a terminal to ask, nothing is replaced.
///
/// The passphrase comes from the first of: --passphrase-fd, --passphrase-file,
/// SAPI_PASSPHRASE_FILE, $CREDENTIALS_DIRECTORY/ca-passphrase, CA_PASSPHRASE, the terminal.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_create_identity", after_help = EXAMPLE)]
pub struct CreateIdentity {
    /// A field of the CA's subject, such as CN ca.net; repeat it, in the wanted order
    #[arg(short, long = "field", num_args = 2, value_names = ["KEY", "VALUE"], allow_hyphen_values = true)]
    fields: Vec<String>,

    /// How long the CA is valid: a number of years, or a number with s, m, h, d, w or y
    #[arg(short, long, default_value = "10")]
    validity: Validity,

    /// The CA's directory; made if missing
    #[arg(
        long,
        value_name = "DIR",
        env = "SAPI_CA_PATH",
        default_value = "/var/lib/ca"
    )]
    ca_path: PathBuf,

    /// The kind of key: rsa:2048, rsa:3072, rsa:4096, ec:p256, ec:p384 or ed25519
    #[arg(long, value_name = "KIND", default_value_t)]
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
        let existing = what_about_the_old(&self.ca_path)?;
        let passphrase = self
            .passphrase
            .sources()
            .create()
            .map_err(|error| Failure::new(CONFIG, error))?;
        let identity = {
            let _spinner = Spinner::start(self.key);
            NewIdentity::self_signed(&subject, self.key, self.validity.duration(), now)
                .map_err(creation)?
        };
        let installed = identity
            .install(&self.ca_path, &passphrase, existing, now)
            .map_err(installation)?;
        report(&identity, &installed).map_err(|error| Failure::new(SYSTEM, error))
    }
}

fn subject(fields: &[String]) -> Result<DistinguishedName, Failure> {
    let pairs = fields.chunks_exact(2).filter_map(|pair| match pair {
        [field, value] => Some((field.as_str(), value.as_str())),
        _ => None,
    });
    let subject =
        DistinguishedName::from_fields(pairs).map_err(|error| Failure::new(USAGE, error))?;
    if subject.is_empty() {
        return Err(Failure::new(
            USAGE,
            "the CA needs a subject: give at least -f CN NAME",
        ));
    }
    Ok(subject)
}

fn what_about_the_old(directory: &Path) -> Result<Existing, Failure> {
    let found = existing(directory);
    if found.is_empty() {
        return Ok(Existing::Keep);
    }
    let found = InstallError::Exists { found };
    let question = "Replace the identity in this directory? Its files are kept in a dated folder.";
    let mut output = io::stderr();
    let _ = writeln!(output, "{} holds an identity.", directory.display());
    match confirm(question).map_err(|error| Failure::new(SYSTEM, error))? {
        Some(true) => Ok(Existing::SetAside),
        Some(false) => Err(Failure::new(NO, found)),
        None => Err(Failure::new(
            NO,
            format!("{found} (there is no terminal to ask whether to replace it)"),
        )),
    }
}

fn report(identity: &NewIdentity, installed: &Installed) -> io::Result<()> {
    let mut output = io::stdout();
    for path in &installed.written {
        writeln!(output, "{}", path.display())?;
    }
    if let Some(folder) = &installed.set_aside {
        writeln!(output, "The old identity is in {}", folder.display())?;
    }
    writeln!(output, "Valid until {}", identity.certificate().not_after())
}

fn creation(error: CreateError) -> Failure {
    let code = match error {
        CreateError::EmptySubject | CreateError::TooLong => USAGE,
        _ => SOFTWARE,
    };
    Failure::new(code, error)
}

fn installation(error: InstallError) -> Failure {
    let code = match error {
        InstallError::Exists { .. } => NO,
        InstallError::Io { .. } => CANNOT_CREATE,
        _ => SOFTWARE,
    };
    Failure::new(code, error)
}

/// Turns on a terminal while a key is made: large RSA keys take seconds.
struct Spinner(Option<ProgressBar>);

impl Spinner {
    fn start(kind: KeyKind) -> Self {
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner().with_message(format!("Making a key ({kind})"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

const EXAMPLE: &str = "\
Example:
  ca_create_identity -f C US -f CN ca.net -f L \"Palm Beach\" \\
      -f O \"Random Authority, Inc.\" -f ST Florida -f emailAddress ca@example.net -v 10

Exit codes: 0 created, 1 an identity exists and was kept, 64 wrong usage, 73 files cannot be
written, 78 no proper passphrase.";
