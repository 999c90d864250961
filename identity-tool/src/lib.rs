//! The command-line tools of a CA: for its identity from creation to succession, for revocation, and `ca_approve`
//! and `ca_journal` for the files of the ready-made hooks.
//!
//! Each tool is a clap definition and a function. Help, completions and man pages come from the same
//! definition. One program, `ca`, contains them all. Exit codes are those of sysexits(3), and 1 for "no".

mod approve;
mod backup;
mod change_passphrase;
mod check;
mod confirm;
mod create;
mod directory;
mod gen_crl;
mod install_certificate;
mod installation;
mod journal;
mod links;
mod passphrase;
mod program;
mod restore;
mod revoke;
mod roll;
mod run;
mod service;
mod spinner;
mod subject;
mod table;
mod tools;

pub use program::{ca, ca_create_identity};
