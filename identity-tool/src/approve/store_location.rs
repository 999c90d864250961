//! `StoreLocation`: the options that say where the requests are.

use std::path::PathBuf;

use clap::Args;
use sapi_stock::approvals::{self, Store, StoreError};
use sapi_tools::exit::{CONFIG, DATA, Failure, NO, SYSTEM};

use crate::service::{Service, ServiceOptions};

/// Where the requests are.
#[derive(Args, Clone, Debug)]
pub(crate) struct StoreLocation {
    #[command(flatten)]
    service: ServiceOptions,

    /// The folder of the requests [default: hooks.approvals.folder of the settings]
    #[arg(long, value_name = "DIR", env = "SAPI_HOOKS__APPROVALS__FOLDER")]
    folder: Option<PathBuf>,
}

impl StoreLocation {
    pub(crate) fn open(&self) -> Result<(Store, Service), Failure> {
        let service = self.service.read()?;
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => of_service(&service)?,
        };
        let store = Store::existing(&folder).map_err(failure)?;
        Ok((store, service))
    }
}

fn of_service(service: &Service) -> Result<PathBuf, Failure> {
    let table: Option<approvals::Settings> = service.hook("approvals")?;
    table.map(|table| table.folder().to_owned()).ok_or_else(|| {
        Failure::new(
            CONFIG,
            "where are the requests? The settings have no [hooks.approvals]; give --folder or --config",
        )
    })
}

/// Gives an error of the store its exit code.
pub(crate) fn failure(error: StoreError) -> Failure {
    let code = match &error {
        StoreError::Missing(_) => CONFIG,
        StoreError::Io(_) => SYSTEM,
        StoreError::Changed { .. } => NO,
        _ => DATA,
    };
    Failure::new(code, error)
}
