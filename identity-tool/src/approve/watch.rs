//! `ca_approve watch`.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::thread;
use std::time::Duration;

use clap::Args;
use sapi_stock::approvals::{Application, State};
use sapi_tools::exit::{Failure, SYSTEM, USAGE};

use super::list::{Row, id, write};
use super::store_location::{StoreLocation, failure};
use crate::run::now;

/// Shows the waiting requests live, until Ctrl-C
#[derive(Args, Clone, Debug)]
pub(super) struct Watch {
    /// Print a line of JSON for each request, and another when it is decided
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    location: StoreLocation,
}

impl Watch {
    pub(super) fn act(self) -> Result<(), Failure> {
        let (store, _) = self.location.open()?;
        let output = io::stdout();
        if !self.json && !output.is_terminal() {
            return Err(Failure::new(
                USAGE,
                "watch needs a terminal; scripts use --json",
            ));
        }
        let mut seen = HashMap::new();
        loop {
            let found = store.list().map_err(failure)?;
            let written = if self.json {
                news(&found, &mut seen)
            } else {
                view(found)
            };
            match written {
                Ok(()) => thread::sleep(EVERY),
                // The reader has gone.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                Err(error) => return Err(Failure::new(SYSTEM, error)),
            }
        }
    }
}

/// Draws the table over the previous one.
fn view(mut found: Vec<Application>) -> io::Result<()> {
    found.retain(|application| application.state() == State::Pending);
    let mut screen = Vec::new();
    write(&mut screen, &found, now())?;
    let text = String::from_utf8_lossy(&screen).replace('\n', "\u{1b}[K\r\n");
    let mut output = io::stdout();
    write!(output, "\u{1b}[H{text}\u{1b}[J")?;
    output.flush()
}

fn news(found: &[Application], seen: &mut HashMap<String, State>) -> io::Result<()> {
    let mut output = io::stdout();
    for application in found {
        let state = application.state();
        if seen.insert(id(application), state) != Some(state) {
            serde_json::to_writer(&mut output, &Row::of(application))?;
            writeln!(output)?;
        }
    }
    output.flush()
}

const EVERY: Duration = Duration::from_secs(1);
