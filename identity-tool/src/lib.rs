//! The command-line tools for a CA's identity: `ca_create_identity` and `ca_check_identity`.
//!
//! Each tool is a clap definition and a function here; help, completions and man pages come from
//! the same definition. Exit codes are those of sysexits(3), and 1 for "no".

mod check;
mod confirm;
mod create;
mod exit;
mod generate;
mod passphrase;
mod run;

pub use check::CheckIdentity;
pub use create::CreateIdentity;
pub use exit::Failure;
pub use generate::Generate;
pub use run::{Tool, command, run};
