//! `ca_check_identity`.

use std::io::{self, IsTerminal, Write};
use std::time::SystemTime;

use clap::Parser;
use sapi::Validity;
use sapi::identity::{Finding, Level, Passphrase, check, faults};
use sapi_tools::Generate;
use sapi_tools::exit::{CONFIG, Failure, NO, SYSTEM};
use serde_json::json;

use crate::directory::CaDirectory;
use crate::passphrase::PassphraseOptions;
use crate::run::Tool;

/// Checks the identity of a certificate authority, and shows the findings in a table.
///
/// With a passphrase it tests the private key too. The passphrase comes from the first of: --passphrase-fd,
/// --passphrase-file, SAPI_PASSPHRASE_FILE, $CREDENTIALS_DIRECTORY/ca-passphrase, CA_PASSPHRASE, the terminal.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_check_identity", after_help = EXAMPLE)]
pub(crate) struct CheckIdentity {
    #[command(flatten)]
    directory: CaDirectory,

    /// How long the certificates that the CA signs are valid; the tool warns if the CA is valid for less than
    /// twice as long
    #[arg(long, value_name = "VALIDITY", default_value = "398d")]
    leaf_validity: Validity,

    /// Print the findings as JSON
    #[arg(long)]
    json: bool,

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
            passphrase(&self.passphrase)?
        };
        let findings = check(
            &self.directory.ca_path,
            passphrase.as_ref(),
            self.leaf_validity.duration(),
            now,
        );
        let printed = if self.json {
            print_json(&findings)
        } else {
            print(&findings)
        };
        printed.map_err(|error| Failure::new(SYSTEM, error))?;
        if faults(&findings) {
            return Err(Failure::new(NO, "this identity cannot be used as it is"));
        }
        Ok(())
    }
}

pub(crate) fn passphrase(options: &PassphraseOptions) -> Result<Option<Passphrase>, Failure> {
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
        let (level, colour) = match level {
            Level::Ok => ("ok", ""),
            Level::Warning => ("warning", YELLOW),
            Level::Fault => ("FAULT", RED),
        };
        if output.is_terminal() && !colour.is_empty() {
            writeln!(output, "{colour}{level:<7}{PLAIN}  {item:<width$}  {found}")?;
        } else {
            writeln!(output, "{level:<7}  {item:<width$}  {found}")?;
        }
    }
    Ok(())
}

fn print_json(findings: &[Finding]) -> io::Result<()> {
    let rows = findings.iter().map(|finding| {
        let level = match finding.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Fault => "fault",
        };
        json!({ "level": level, "item": finding.item, "found": finding.found })
    });
    let usable = !faults(findings);
    let rows: Vec<_> = rows.collect();
    writeln!(
        io::stdout(),
        "{}",
        json!({ "usable": usable, "findings": rows })
    )
}

const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const PLAIN: &str = "\x1b[0m";

const EXAMPLE: &str = "\
Example:
  ca_check_identity --ca-path /var/lib/ca --leaf-validity 90d

Exit codes: 0 usable (perhaps with warnings), 1 something is wrong, 64 wrong usage, 78 the passphrase
cannot be used.";
