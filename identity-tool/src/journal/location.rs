//! `JournalLocation`: the options that say where the journal is.

use std::path::PathBuf;

use clap::Args;
use sapi_stock::Journal;
use sapi_stock::journal::{self, JournalError};
use sapi_tools::exit::{CONFIG, DATA, Failure, NO, SYSTEM};

use crate::service::ServiceOptions;

/// Where the journal is.
#[derive(Args, Clone, Debug)]
pub(crate) struct JournalLocation {
    #[command(flatten)]
    service: ServiceOptions,

    /// The folder of the journal [default: hooks.journal.folder of the settings]
    #[arg(long, value_name = "DIR", env = "SAPI_HOOKS__JOURNAL__FOLDER")]
    folder: Option<PathBuf>,
}

impl JournalLocation {
    /// The folder that the options name, or else the service's settings.
    pub(crate) fn folder(&self) -> Result<PathBuf, Failure> {
        if let Some(folder) = &self.folder {
            return Ok(folder.clone());
        }
        let table: Option<journal::Settings> = self.service.read()?.hook("journal")?;
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

    /// Opens it for writing too. A missing journal is not made.
    pub(crate) fn open(&self) -> Result<Journal, Failure> {
        self.read_only()?;
        Journal::open(&self.folder()?).map_err(failure)
    }
}

/// Gives an error of the journal its exit code.
pub(crate) fn failure(error: JournalError) -> Failure {
    let code = match &error {
        JournalError::Io(io) if io.kind() == std::io::ErrorKind::NotFound => CONFIG,
        JournalError::Io(_) => SYSTEM,
        JournalError::Fault(_) => DATA,
        _ => NO,
    };
    Failure::new(code, error)
}
