//! `ca_journal`.

mod find;
mod location;
mod verify;

use std::time::SystemTime;

use clap::{Parser, Subcommand};
use sapi_tools::Generate;
use sapi_tools::exit::{Failure, USAGE};

use crate::run::Tool;
use find::{Find, List};
use verify::Verify;

pub(crate) use location::{JournalLocation, failure};

/// Reads the journal of certificates: lists, finds, and verifies that no line was changed.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_journal", after_help = EXAMPLE)]
pub(crate) struct ReadJournal {
    #[command(subcommand)]
    task: Option<Task>,

    #[command(flatten)]
    generate: Generate,
}

#[derive(Clone, Debug, Subcommand)]
enum Task {
    Verify(Verify),
    List(List),
    Find(Find),
}

impl Tool for ReadJournal {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        match self.task {
            Some(Task::Verify(verify)) => verify.act(),
            Some(Task::List(list)) => list.act(now),
            Some(Task::Find(find)) => find.act(now),
            None => Err(Failure::new(
                USAGE,
                "say what to do: verify, list or find (--help shows examples)",
            )),
        }
    }
}

const EXAMPLE: &str = "\
Example:
  ca_journal verify
  ca_journal list --json
  ca_journal find --client web01 --valid

Exit codes: 0 done, 1 nothing found, 64 wrong usage, 65 the journal is not as it was written, 71 files
cannot be read, 78 the journal is missing, or the settings are wrong or do not name it.";
