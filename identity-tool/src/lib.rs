//! The command-line tools of a CA: `ca_create_identity` and `ca_check_identity` for its identity, `ca_approve`
//! and `ca_journal` for the files of the ready-made hooks.
//!
//! Each tool is a clap definition and a function here; help, completions and man pages come from
//! the same definition. Exit codes are those of sysexits(3), and 1 for "no".

mod approve;
mod check;
mod confirm;
mod create;
mod exit;
mod generate;
mod journal;
mod passphrase;
mod run;
mod service;
mod spinner;
mod table;

pub use approve::ApproveRequests;
pub use check::CheckIdentity;
pub use create::CreateIdentity;
pub use exit::Failure;
pub use generate::Generate;
pub use journal::ReadJournal;
pub use run::{Tool, command, run};
