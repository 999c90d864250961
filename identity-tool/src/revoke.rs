//! `ca_revoke`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Parser;
use openssl::hash::MessageDigest;
use openssl::x509::X509;
use sapi::SerialNumber;
use sapi::printable::ascii;
use sapi_stock::Journal;
use sapi_stock::journal::{Issued, Reason, Record};
use sapi_tools::Generate;
use sapi_tools::exit::{DATA, Failure, NO, NO_INPUT, SYSTEM, USAGE};
use serde_json::json;

use crate::journal::{JournalLocation, failure};
use crate::run::Tool;

/// Revokes certificates: they cannot be renewed from now on, and the next revocation list contains them.
///
/// Choose by serial number, by certificate, or by client: a client means its certificates that have not expired.
/// All must be in the journal. Prints what was revoked. Publish the list with ca_gen_crl.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_revoke", after_help = EXAMPLE)]
pub(crate) struct Revoke {
    /// A serial number in hexadecimal; repeat it for each
    #[arg(long = "serial", value_name = "HEX")]
    serials: Vec<SerialNumber>,

    /// A certificate in PEM; repeat it for each
    #[arg(long = "certificate", value_name = "FILE")]
    certificates: Vec<PathBuf>,

    /// A client: all its certificates that are neither expired nor revoked; repeat it for each
    #[arg(long = "client", value_name = "CLIENT")]
    clients: Vec<String>,

    /// Why: unspecified, keyCompromise, cACompromise, affiliationChanged, superseded,
    /// cessationOfOperation, certificateHold, privilegeWithdrawn or aACompromise
    #[arg(long, value_name = "REASON", default_value_t)]
    reason: Reason,

    /// Print what was revoked as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    journal: JournalLocation,

    #[command(flatten)]
    generate: Generate,
}

impl Tool for Revoke {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        if self.serials.is_empty() && self.certificates.is_empty() && self.clients.is_empty() {
            let message = "say which certificates: --serial, --certificate or --client";
            return Err(Failure::new(USAGE, message));
        }
        let journal = self.journal.open()?;
        // If one cannot be found, none is revoked.
        let mut chosen: Vec<Record> = Vec::new();
        for serial in &self.serials {
            chosen.push(by_serial(&journal, serial)?);
        }
        for file in &self.certificates {
            chosen.push(by_certificate(&journal, file)?);
        }
        for client in &self.clients {
            chosen.extend(by_client(&journal, client, now)?);
        }
        for record in &chosen {
            journal
                .revoke(&record.issued.serial, self.reason, now)
                .map_err(failure)?;
        }
        self.print(&chosen)
            .map_err(|error| Failure::new(SYSTEM, error))
    }
}

impl Revoke {
    fn print(&self, revoked: &[Record]) -> io::Result<()> {
        let mut output = io::stdout();
        if self.json {
            let rows = revoked.iter().map(|record| {
                let Issued {
                    serial,
                    client,
                    subject,
                    ..
                } = &record.issued;
                json!({ "serial": serial.to_string(), "client": client, "subject": subject,
                    "reason": self.reason })
            });
            return writeln!(output, "{}", rows.collect::<serde_json::Value>());
        }
        for record in revoked {
            let Issued {
                serial,
                client,
                subject,
                ..
            } = &record.issued;
            let subject = ascii(subject);
            writeln!(output, "{serial}  {client}  {subject}  {}", self.reason)?;
        }
        Ok(())
    }
}

fn by_serial(journal: &Journal, serial: &SerialNumber) -> Result<Record, Failure> {
    only(
        journal,
        |issued| issued.serial == *serial,
        &format!("serial number {serial}"),
    )
}

/// Finds it by its fingerprint: another CA may have given the same serial number.
fn by_certificate(journal: &Journal, file: &Path) -> Result<Record, Failure> {
    let name = file.display().to_string();
    let pem = fs::read(file).map_err(|error| Failure::new(NO_INPUT, format!("{name}: {error}")))?;
    let unreadable = |_| Failure::new(DATA, format!("{name}: no certificate in PEM"));
    let certificate = X509::from_pem(&pem).map_err(unreadable)?;
    let digest = certificate
        .digest(MessageDigest::sha256())
        .map_err(unreadable)?;
    let fingerprint: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
    only(journal, |issued| issued.fingerprint == fingerprint, &name)
}

fn only(
    journal: &Journal,
    wanted: impl Fn(&Issued) -> bool,
    name: &str,
) -> Result<Record, Failure> {
    let found = journal.find(wanted).map_err(failure)?;
    let missing = || {
        Failure::new(
            NO,
            format!("{name}: not in the journal; nothing was revoked"),
        )
    };
    found.into_iter().next().ok_or_else(missing)
}

fn by_client(journal: &Journal, client: &str, now: SystemTime) -> Result<Vec<Record>, Failure> {
    let living = |issued: &Issued| issued.client == client && issued.not_after >= now;
    let mut found = journal.find(living).map_err(failure)?;
    found.retain(|record| record.revoked.is_none());
    if found.is_empty() {
        return Err(Failure::new(
            NO,
            format!("client {client}: has no certificate left to revoke; nothing was revoked"),
        ));
    }
    Ok(found)
}

const EXAMPLE: &str = "\
Example:
  ca_revoke --client web01 --reason keyCompromise
  ca_revoke --serial 5a17c0ffee --reason superseded && systemctl start sapi-crl.service

Exit codes: 0 revoked, 1 not in the journal or revoked already, 64 wrong usage, 65 a file is not a
certificate or the journal is damaged, 66 a certificate cannot be read, 71 the journal cannot be read or
written, 78 the journal is missing.";
