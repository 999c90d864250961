//! `ca_approve`.

mod decide;
mod list;
mod select;
mod show;
mod watch;

use std::path::PathBuf;
use std::time::SystemTime;

use clap::{Parser, Subcommand};
use sapi_stock::approvals::{Store, StoreError};

use crate::Generate;
use crate::exit::{CONFIG, DATA, Failure, NO, SYSTEM, USAGE};
use crate::run::Tool;
use crate::service::{Service, ServiceOptions};
use decide::{Approve, Reject};
use list::List;
use show::Show;
use watch::Watch;

/// Shows the requests that wait for a decision, and decides.
///
/// Run it as the service's user (or as root). A request is called by its client, web01, or, where the
/// client has several, by the id that the list shows: web01-3f0a4c62.
#[derive(Clone, Debug, Parser)]
#[command(name = "ca_approve", after_help = EXAMPLE, subcommand_negates_reqs = true)]
pub(crate) struct ApproveRequests {
    #[command(subcommand)]
    task: Option<Task>,

    #[command(flatten)]
    generate: Generate,
}

#[derive(Clone, Debug, Subcommand)]
enum Task {
    List(List),
    Show(Show),
    Approve(Approve),
    Reject(Reject),
    Watch(Watch),
}

/// Where the requests are.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Place {
    #[command(flatten)]
    service: ServiceOptions,

    /// The folder of the requests, if not that of hooks.approvals.folder
    #[arg(long, value_name = "DIR", env = "SAPI_HOOKS__APPROVALS__FOLDER")]
    folder: Option<PathBuf>,
}

impl Tool for ApproveRequests {
    fn generate(&self) -> &Generate {
        &self.generate
    }

    fn act(self, now: SystemTime) -> Result<(), Failure> {
        match self.task {
            Some(Task::List(list)) => list.act(now),
            Some(Task::Show(show)) => show.act(now),
            Some(Task::Approve(approve)) => approve.act(now),
            Some(Task::Reject(reject)) => reject.act(now),
            Some(Task::Watch(watch)) => watch.act(),
            None => Err(Failure::new(
                USAGE,
                "say what to do: list, show, approve, reject or watch (--help shows examples)",
            )),
        }
    }
}

impl Place {
    fn open(&self) -> Result<(Store, Service), Failure> {
        let service = self.service.read()?;
        let of_service = || {
            service
                .hooks
                .approvals
                .as_ref()
                .map(|table| table.folder.clone())
        };
        let folder = self.folder.clone().or_else(of_service).ok_or_else(|| {
            Failure::new(
                CONFIG,
                "where are the requests? The settings have no [hooks.approvals]; give --folder or --config",
            )
        })?;
        let store = Store::existing(&folder).map_err(failure)?;
        Ok((store, service))
    }
}

/// An error of the store with the code it ends with.
fn failure(error: StoreError) -> Failure {
    let code = match &error {
        StoreError::Missing(_) => CONFIG,
        StoreError::Io(_) => SYSTEM,
        StoreError::Changed { .. } => NO,
        _ => DATA,
    };
    Failure::new(code, error)
}

const EXAMPLE: &str = "\
Example:
  ca_approve list
  ca_approve show web01
  ca_approve approve web01 --name DNS:www.example.com --validity 7d
  ca_approve reject web02 --reason \"unknown machine\"

Exit codes: 0 done, 1 there is no such request or it stands otherwise by now, 64 wrong usage, 65 a
file is broken, 71 files cannot be read or written, 78 the settings name no folder.";
