//! `ca_journal`.

mod find;
mod verify;

use std::path::PathBuf;
use std::time::SystemTime;

use clap::{Parser, Subcommand};
use sapi_stock::Journal;
use sapi_stock::journal::JournalError;

use crate::Generate;
use crate::exit::{CONFIG, DATA, Failure, NO, SYSTEM, USAGE};
use crate::run::Tool;
use crate::service::ServiceOptions;
use find::{Find, List};
use verify::Verify;

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

/// Where the journal is.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Place {
    #[command(flatten)]
    service: ServiceOptions,

    /// The folder of the journal, if not that of hooks.journal.folder
    #[arg(long, value_name = "DIR", env = "SAPI_HOOKS__JOURNAL__FOLDER")]
    folder: Option<PathBuf>,
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

impl Place {
    /// The folder, as the options or the service's settings name it.
    pub(crate) fn folder(&self) -> Result<PathBuf, Failure> {
        if let Some(folder) = &self.folder {
            return Ok(folder.clone());
        }
        let table = self.service.read()?.hooks.journal;
        table.map(|table| table.folder).ok_or_else(|| {
            Failure::new(
                CONFIG,
                "where is the journal? The settings have no [hooks.journal]; give --folder or --config",
            )
        })
    }

    pub(crate) fn read_only(&self) -> Result<Journal, Failure> {
        Journal::read_only(&self.folder()?).map_err(failure)
    }

    /// To be written too; a journal that is not there is not made.
    pub(crate) fn open(&self) -> Result<Journal, Failure> {
        self.read_only()?;
        Journal::open(&self.folder()?).map_err(failure)
    }
}

/// An error of the journal with the code it ends with.
pub(crate) fn failure(error: JournalError) -> Failure {
    let code = match &error {
        JournalError::Io(io) if io.kind() == std::io::ErrorKind::NotFound => CONFIG,
        JournalError::Io(_) => SYSTEM,
        JournalError::Fault(_) => DATA,
        _ => NO,
    };
    Failure::new(code, error)
}

const EXAMPLE: &str = "\
Example:
  ca_journal verify
  ca_journal list --json
  ca_journal find --client web01 --valid

Exit codes: 0 done, 1 nothing found, 64 wrong usage, 65 the journal is not what was written, 71 files
cannot be read, 78 there is no journal or the settings do not name it.";
