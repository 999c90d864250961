//! The option that says which journal.

use std::path::PathBuf;

use clap::Args;
use sapi::stock::Journal;
use sapi::stock::journal::JournalError;

use crate::exit::{DATA, Failure, NO, NO_INPUT};

/// The folder of the journal.
#[derive(Args, Clone, Debug)]
pub(crate) struct JournalFolder {
    /// The folder of the journal
    #[arg(long, value_name = "DIR", default_value = "/var/lib/sapi/journal")]
    journal: PathBuf,
}

impl JournalFolder {
    /// To be read alone; a journal that is not there is not made.
    pub(crate) fn read(&self) -> Result<Journal, Failure> {
        Journal::read_only(&self.journal).map_err(failure)
    }

    /// To be written too.
    pub(crate) fn open(&self) -> Result<Journal, Failure> {
        self.read()?;
        Journal::open(&self.journal).map_err(failure)
    }
}

pub(crate) fn failure(error: JournalError) -> Failure {
    let code = match error {
        JournalError::Io(_) => NO_INPUT,
        JournalError::Fault(_) => DATA,
        _ => NO,
    };
    Failure::new(code, error)
}
