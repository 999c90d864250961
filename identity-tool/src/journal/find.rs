//! `ca_journal list` and `ca_journal find`.

use std::io::{self, Write};
use std::time::SystemTime;

use clap::Args;
use sapi::SerialNumber;
use sapi::printable::ascii;
use sapi_stock::journal::{Issued, Record};
use sapi_tools::exit::{Failure, NO, SYSTEM};

use super::location::{JournalLocation, failure};
use crate::table::{colours, moment, write_json, write_table};

/// Lists every certificate, the oldest first
#[derive(Args, Clone, Debug)]
pub(super) struct List {
    #[command(flatten)]
    options: FindOptions,
}

/// Finds the certificates that fit all the options
#[derive(Args, Clone, Debug)]
#[group(id = "wanted", required = true, multiple = true, args = ["serial", "client", "name", "fingerprint"])]
pub(super) struct Find {
    /// The serial number in hex
    #[arg(long)]
    serial: Option<SerialNumber>,

    /// The client
    #[arg(long)]
    client: Option<String>,

    /// An alternative name, with or without its kind, or a common name
    #[arg(long)]
    name: Option<String>,

    /// The SHA-256 of the certificate or its start, with or without colons
    #[arg(long)]
    fingerprint: Option<String>,

    #[command(flatten)]
    options: FindOptions,
}

#[derive(Args, Clone, Debug)]
struct FindOptions {
    /// Only certificates that are neither expired nor revoked
    #[arg(long)]
    valid: bool,

    /// Print JSON, with the certificates
    #[arg(long, conflicts_with = "pem")]
    json: bool,

    /// Print only the certificates, as PEM
    #[arg(long)]
    pem: bool,

    #[command(flatten)]
    location: JournalLocation,
}

impl List {
    pub(super) fn act(self, now: SystemTime) -> Result<(), Failure> {
        let found = self.options.find(now, |_| true)?;
        self.options.write(&found, now)
    }
}

impl Find {
    pub(super) fn act(self, now: SystemTime) -> Result<(), Failure> {
        let fingerprint = self
            .fingerprint
            .as_ref()
            .map(|text| text.replace(':', "").to_ascii_lowercase());
        let fits = |issued: &Issued| {
            self.serial
                .as_ref()
                .is_none_or(|serial| issued.serial == *serial)
                && self
                    .client
                    .as_ref()
                    .is_none_or(|client| issued.client == *client)
                && self.name.as_ref().is_none_or(|name| has_name(issued, name))
                && fingerprint
                    .as_ref()
                    .is_none_or(|start| !start.is_empty() && issued.fingerprint.starts_with(start))
        };
        let found = self.options.find(now, fits)?;
        if found.is_empty() {
            return Err(Failure::new(NO, "the journal has no such certificate"));
        }
        self.options.write(&found, now)
    }
}

impl FindOptions {
    fn find(
        &self,
        now: SystemTime,
        fits: impl Fn(&Issued) -> bool,
    ) -> Result<Vec<Record>, Failure> {
        let journal = self.location.read_only()?;
        let mut found = journal.find(fits).map_err(failure)?;
        found.retain(|record| !self.valid || status(record, now) == "valid");
        Ok(found)
    }

    fn write(&self, found: &[Record], now: SystemTime) -> Result<(), Failure> {
        let written = if self.json {
            write_json(&found)
        } else if self.pem {
            let pem: String = found
                .iter()
                .map(|one| one.issued.certificate.as_str())
                .collect();
            io::stdout().write_all(pem.as_bytes())
        } else {
            write(found, now)
        };
        written.map_err(|error| Failure::new(SYSTEM, error))
    }
}

fn has_name(issued: &Issued, wanted: &str) -> bool {
    let same = |name: &String| {
        let value = name
            .split_once(':')
            .map_or(name.as_str(), |(_, value)| value);
        name.eq_ignore_ascii_case(wanted) || value.eq_ignore_ascii_case(wanted)
    };
    let common_name = format!("CN={wanted}");
    issued.names.iter().any(same)
        || issued
            .subject_line
            .split('/')
            .any(|field| field.eq_ignore_ascii_case(&common_name))
}

fn status(record: &Record, now: SystemTime) -> &'static str {
    if record.revoked.is_some() {
        "revoked"
    } else if record.issued.not_after < now {
        "expired"
    } else {
        "valid"
    }
}

fn write(found: &[Record], now: SystemTime) -> io::Result<()> {
    let row = |record: &Record| {
        let issued = &record.issued;
        vec![
            status(record, now).to_owned(),
            moment(record.time),
            moment(issued.not_after),
            issued.client.clone(),
            ascii(&issued.subject),
            ascii(&issued.names.join(" ")),
            ascii(
                issued
                    .decided_by
                    .as_ref()
                    .unwrap_or(&issued.granted_by.join(" ")),
            ),
            issued.serial.to_string(),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    let coloured = colours();
    write_table(&mut io::stdout(), &HEADING, &rows, |cell| match cell {
        "valid" if coloured => Some("\u{1b}[32m"),
        "revoked" if coloured => Some("\u{1b}[31m"),
        "expired" if coloured => Some("\u{1b}[2m"),
        _ => None,
    })
}

const HEADING: [&str; 8] = [
    "STATE",
    "ISSUED",
    "UNTIL",
    "CLIENT",
    "SUBJECT",
    "NAMES",
    "GRANTED BY",
    "SERIAL",
];
