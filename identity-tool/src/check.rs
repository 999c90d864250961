//! `ca_check_identity`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Parser;
use sapi::identity::{Finding, Level, Passphrase, check, faults};

use crate::exit::{CONFIG, Failure, NO, SYSTEM};
use crate::generate::Generate;
use crate::passphrase::PassphraseOptions;
use crate::run::Tool;

/// Checks the identity of a certificate authority, and shows in a table what was found.
///
/// The private key is tested too if a passphrase is given, or if there is a terminal to ask:
/// --passphrase-fd, --passphrase-file, SAPI_PASSPHRASE_FILE,
/// $CREDENTIALS_DIRECTORY/ca-passphrase, CA_PASSPHRASE, the terminal, in this order.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_check_identity", after_help = EXAMPLE)]
pub struct CheckIdentity {
    /// The CA's directory
    #[arg(
        long,
        value_name = "DIR",
        env = "SAPI_CA_PATH",
        default_value = "/var/lib/ca"
    )]
    ca_path: PathBuf,

    /// Do not ask for a passphrase, and leave the private key untested
    #[arg(long, conflicts_with_all = ["passphrase_fd", "passphrase_file"])]
    no_key: bool,

    #[command(flatten)]
    passphrase: PassphraseOptions,

    #[command(flatten)]
    generate: Generate,
}

impl Tool for CheckIdentity {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        let passphrase = if self.no_key {
            None
        } else {
            passphrase(self.passphrase)?
        };
        let findings = check(&self.ca_path, passphrase.as_ref(), now);
        print(&findings).map_err(|error| Failure::new(SYSTEM, error))?;
        if faults(&findings) {
            return Err(Failure::new(NO, "this identity cannot be used as it is"));
        }
        Ok(())
    }
}

fn passphrase(options: PassphraseOptions) -> Result<Option<Passphrase>, Failure> {
    let sources = options.sources();
    if !sources.available() {
        return Ok(None);
    }
    sources
        .unlock()
        .map(Some)
        .map_err(|error| Failure::new(CONFIG, error))
}

fn print(findings: &[Finding]) -> io::Result<()> {
    let width = findings
        .iter()
        .map(|finding| finding.item.len())
        .max()
        .unwrap_or(0);
    let mut output = io::stdout();
    for Finding {
        item, found, level, ..
    } in findings
    {
        let level = match level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Fault => "FAULT",
        };
        writeln!(output, "{level:<7}  {item:<width$}  {found}")?;
    }
    Ok(())
}

const EXAMPLE: &str = "\
Example:
  ca_check_identity --ca-path /var/lib/ca

Exit codes: 0 usable (warnings included), 1 something is wrong, 64 wrong usage, 78 no proper
passphrase.";
