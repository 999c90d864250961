//! Where the journal is.

use std::io::ErrorKind;
use std::path::PathBuf;

use clap::Args;
use sapi::stock::Journal;
use sapi::stock::journal::JournalError;

use crate::exit::{CONFIG, DATA, Failure, NO, SYSTEM};
use crate::service::ServiceOptions;

/// The folder of the journal, as the command line or the service's settings name it.
#[derive(Args, Clone, Debug)]
pub(crate) struct JournalPlace {
    #[command(flatten)]
    service: ServiceOptions,

    /// The folder of the journal, if not that of hooks.journal.folder
    #[arg(long, value_name = "DIR", env = "SAPI_HOOKS__JOURNAL__FOLDER")]
    journal: Option<PathBuf>,
}

impl JournalPlace {
    pub(crate) fn folder(&self) -> Result<PathBuf, Failure> {
        if let Some(folder) = &self.journal {
            return Ok(folder.clone());
        }
        let table = self.service.read()?.hooks.journal;
        table.map(|table| table.folder).ok_or_else(|| {
            Failure::new(
                CONFIG,
                "where is the journal? The settings have no [hooks.journal]; give --journal or --config",
            )
        })
    }

    /// To be read alone; a journal that is not there is not made.
    pub(crate) fn read_only(&self) -> Result<Journal, Failure> {
        Journal::read_only(&self.folder()?).map_err(failure)
    }

    /// To be written too.
    pub(crate) fn open(&self) -> Result<Journal, Failure> {
        self.read_only()?;
        Journal::open(&self.folder()?).map_err(failure)
    }
}

/// An error of the journal with the code it ends with.
pub(crate) fn failure(error: JournalError) -> Failure {
    let code = match &error {
        JournalError::Io(io) if io.kind() == ErrorKind::NotFound => CONFIG,
        JournalError::Io(_) => SYSTEM,
        JournalError::Fault(_) => DATA,
        _ => NO,
    };
    Failure::new(code, error)
}
