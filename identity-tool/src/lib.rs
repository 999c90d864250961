//! The command-line tools of a CA: for its identity from creation to succession, for revocation, and `ca_approve`
//! and `ca_journal` for the files of the ready-made hooks.
//!
//! Each tool is a clap definition and a function here; help, completions and man pages come from
//! the same definition. Exit codes are those of sysexits(3), and 1 for "no".

mod approve;
mod backup;
mod change_passphrase;
mod check;
mod confirm;
mod create;
mod directory;
mod exit;
mod gen_crl;
mod generate;
mod install_certificate;
mod installation;
mod journal;
mod passphrase;
mod restore;
mod revoke;
mod roll;
mod run;
mod service;
mod spinner;
mod table;

pub use approve::ApproveRequests;
pub use backup::Backup;
pub use change_passphrase::ChangePassphrase;
pub use check::CheckIdentity;
pub use create::CreateIdentity;
pub use exit::Failure;
pub use gen_crl::GenCrl;
pub use generate::Generate;
pub use install_certificate::InstallCertificate;
pub use journal::ReadJournal;
pub use restore::Restore;
pub use revoke::Revoke;
pub use roll::RollIdentity;
pub use run::{Tool, command, run};
