//! `ca_journal verify`.

use std::io::{self, Write};

use clap::Args;
use sapi_stock::journal::Summary;
use sapi_tools::exit::{Failure, SYSTEM};

use super::location::{JournalLocation, failure};
use crate::spinner::Spinner;
use crate::table::write_json;

/// Verifies that no line was altered, dropped or moved
#[derive(Args, Clone, Debug)]
pub(super) struct Verify {
    /// The head that an earlier verification printed; proves that nothing was cut off since
    #[arg(long, value_name = "SHA-256")]
    head: Option<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    location: JournalLocation,
}

impl Verify {
    pub(super) fn act(self) -> Result<(), Failure> {
        let journal = self.location.read_only()?;
        let summary = {
            let _spinner = Spinner::start("Reading the journal".into());
            journal.verify_since(self.head.as_deref())
        };
        let summary = summary.map_err(failure)?;
        let written = if self.json {
            write_json(&summary)
        } else {
            write(&summary)
        };
        written.map_err(|error| Failure::new(SYSTEM, error))
    }
}

fn write(summary: &Summary) -> io::Result<()> {
    let mut output = io::stdout();
    writeln!(
        output,
        "{} lines as they were written: {} certificates issued, {} revoked",
        summary.lines, summary.issued, summary.revoked
    )?;
    if summary.unfinished > 0 {
        writeln!(
            output,
            "the last line was not finished ({} octets): the next writer moves it aside",
            summary.unfinished
        )?;
    }
    if summary.index_behind {
        writeln!(output, "index.txt lacks something: the next writer adds it")?;
    }
    writeln!(output, "head {}", summary.head)
}
