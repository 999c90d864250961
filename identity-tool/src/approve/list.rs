//! `ca_approve list`.

use std::io::{self, Write};
use std::time::SystemTime;

use clap::Args;
use sapi::printable::ascii;
use sapi_stock::approvals::{Application, State};
use sapi_tools::exit::{Failure, SYSTEM};
use serde::Serialize;

use super::store_location::{StoreLocation, failure};
use crate::table::{age, colours, write_json, write_table};

/// Lists the requests that wait for a decision
#[derive(Args, Clone, Debug)]
pub(super) struct List {
    /// Include the requests that are decided
    #[arg(long)]
    all: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    location: StoreLocation,
}

impl List {
    pub(super) fn act(self, now: SystemTime) -> Result<(), Failure> {
        let (store, _) = self.location.open()?;
        let mut found = store.list().map_err(failure)?;
        found.retain(|application| self.all || application.state() == State::Pending);
        let written = if self.json {
            write_json(&found.iter().map(Row::of).collect::<Vec<_>>())
        } else {
            write(&mut io::stdout(), &found, now)
        };
        written.map_err(|error| Failure::new(SYSTEM, error))
    }
}

/// A request as scripts read it: its file, with its state and id.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    id: String,
    state: State,
    #[serde(flatten)]
    application: &'a Application,
}

impl<'a> Row<'a> {
    pub(super) fn of(application: &'a Application) -> Self {
        Self {
            id: id(application),
            state: application.state(),
            application,
        }
    }
}

/// The short name of a request.
pub(super) fn id(application: &Application) -> String {
    format!("{}-{}", application.client, start(&application.sha256, 8))
}

/// The table.
pub(super) fn write(to: &mut impl Write, found: &[Application], now: SystemTime) -> io::Result<()> {
    if found.is_empty() {
        return writeln!(to, "Nothing waits for a decision.");
    }
    let row = |application: &Application| {
        vec![
            application.state().to_string(),
            age(application.received_at, now),
            application.client.clone(),
            ascii(&application.subject),
            ascii(&application.names.join(" ")),
            application.key.clone(),
            start(&application.key_sha256, 16).to_owned(),
            id(application),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    let coloured = colours();
    write_table(to, &HEADING, &rows, |cell| match cell {
        "pending" if coloured => Some("\u{1b}[33m"),
        "approved" if coloured => Some("\u{1b}[32m"),
        "rejected" if coloured => Some("\u{1b}[31m"),
        _ => None,
    })
}

fn start(hex: &str, digits: usize) -> &str {
    hex.get(..digits).unwrap_or(hex)
}

const HEADING: [&str; 8] = [
    "STATE",
    "AGE",
    "CLIENT",
    "SUBJECT",
    "NAMES",
    "KEY",
    "KEY SHA-256",
    "ID",
];
