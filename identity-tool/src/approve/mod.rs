//! `ca_approve`.

mod decide;
mod list;
mod select;
mod show;
mod store_location;
mod watch;

use std::time::SystemTime;

use clap::{Parser, Subcommand};
use sapi_tools::Generate;
use sapi_tools::exit::{Failure, USAGE};

use crate::run::Tool;
use decide::{Approve, Reject};
use list::List;
use show::Show;
use watch::Watch;

/// Shows the requests that wait for a decision, and decides.
///
/// Run it as the service's user or as root. Name a request by its client: web01. If the client has several
/// requests, name it by the id in the list: web01-3f0a4c62.
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

const EXAMPLE: &str = "\
Example:
  ca_approve list
  ca_approve show web01
  ca_approve approve web01 --name DNS:www.example.com --validity 7d
  ca_approve reject web02 --reason \"unknown machine\"

Exit codes: 0 done, 1 the request is unknown or was decided meanwhile, 64 wrong usage, 65 a file is
broken, 71 files cannot be read or written, 78 the settings are wrong or do not name the folder.";
