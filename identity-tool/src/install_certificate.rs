//! `ca_install_certificate`.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Parser;
use sapi::identity::{Existing, OutsideCertificate, certificates};
use sapi_tools::Generate;
use sapi_tools::exit::{CONFIG, Failure, NO_INPUT, SYSTEM};

use crate::directory::CaDirectory;
use crate::installation::{refused, report, what_about_the_old};
use crate::passphrase::PassphraseOptions;
use crate::run::Tool;

/// Puts the certificate that an outside CA made for this one in place, and those above it as the chain.
///
/// The files contain certificates in PEM, in any order: the CA's own is the one for the key in the directory.
/// Checks the key, CA:TRUE, keyCertSign, path lengths, dates, and every signature up to a root or to the end
/// of the chain. Writes ca.cert.pem and ca.chain.pem. If the directory contains a certificate, asks whether to
/// replace it, and keeps the old files in a folder named after the date.
///
/// The passphrase comes from the first of: --passphrase-fd, --passphrase-file,
/// SAPI_PASSPHRASE_FILE, $CREDENTIALS_DIRECTORY/ca-passphrase, CA_PASSPHRASE, the terminal.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_install_certificate", after_help = EXAMPLE)]
pub(crate) struct InstallCertificate {
    /// The CA's certificate and those above it
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    directory: CaDirectory,

    #[command(flatten)]
    passphrase: PassphraseOptions,

    #[command(flatten)]
    generate: Generate,
}

impl Tool for InstallCertificate {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        let directory = &self.directory.ca_path;
        let mut pem = Vec::new();
        for file in &self.files {
            let content = fs::read(file);
            pem.extend(
                content.map_err(|error| {
                    Failure::new(NO_INPUT, format!("{}: {error}", file.display()))
                })?,
            );
            pem.push(b'\n');
        }
        let passphrase = self
            .passphrase
            .sources()
            .unlock()
            .map_err(|error| Failure::new(CONFIG, error))?;
        let outside =
            OutsideCertificate::find(&pem, directory, &passphrase, now).map_err(refused)?;
        let existing = what_about_the_old(directory, &certificates(directory), "certificate")?;
        let installed = outside.install(directory, existing, now).map_err(refused)?;
        report(&installed, "certificate")
            .and_then(|()| describe(&outside, existing))
            .map_err(|error| Failure::new(SYSTEM, error))
    }
}

fn describe(outside: &OutsideCertificate, existing: Existing) -> io::Result<()> {
    for warning in outside.warnings() {
        writeln!(io::stderr(), "warning: {warning}")?;
    }
    let mut output = io::stdout();
    let number = outside.chain().len();
    let end = if outside.reaches_root() {
        "up to a root"
    } else {
        "without a root"
    };
    writeln!(output, "Chain: {number} above the CA, {end}")?;
    let until = outside.certificate().not_after();
    writeln!(output, "Valid until {until}")?;
    if matches!(existing, Existing::SetAside) {
        writeln!(output, "A running service takes it at SIGHUP")?;
    }
    Ok(())
}

const EXAMPLE: &str = "\
Example:
  ca_install_certificate from-the-root.pem root.pem

Exit codes: 0 in place, 1 a certificate exists and was kept, 64 wrong usage, 65 the certificate does
not fit, 66 a file cannot be read, 73 files cannot be written, 78 the key or the passphrase cannot be used.";
