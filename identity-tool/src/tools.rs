//! The list of the tools.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::Command;

use crate::approve::ApproveRequests;
use crate::backup::Backup;
use crate::change_passphrase::ChangePassphrase;
use crate::check::CheckIdentity;
use crate::create::CreateIdentity;
use crate::gen_crl::GenCrl;
use crate::install_certificate::InstallCertificate;
use crate::journal::ReadJournal;
use crate::restore::Restore;
use crate::revoke::Revoke;
use crate::roll::RollIdentity;
use crate::run::{Tool, command, run};

/// All tools, in the order of a CA's life.
pub(crate) static TOOLS: [Entry; 11] = [
    Entry::of::<CreateIdentity>("ca_create_identity", "Create the identity of a CA"),
    Entry::of::<CheckIdentity>("ca_check_identity", "Check the identity of a CA"),
    Entry::of::<InstallCertificate>(
        "ca_install_certificate",
        "Put an outside CA's certificate for this CA in place",
    ),
    Entry::of::<RollIdentity>(
        "ca_roll_identity",
        "Prepare and activate the successor of a CA",
    ),
    Entry::of::<ChangePassphrase>(
        "ca_change_passphrase",
        "Lock the CA's private key with another passphrase",
    ),
    Entry::of::<Backup>("ca_backup", "Make an encrypted backup of the identity"),
    Entry::of::<Restore>("ca_restore", "Restore an identity from its backup"),
    Entry::of::<ApproveRequests>(
        "ca_approve",
        "Show the requests that wait for a decision, and decide",
    ),
    Entry::of::<ReadJournal>("ca_journal", "Read the journal of certificates"),
    Entry::of::<Revoke>("ca_revoke", "Revoke certificates"),
    Entry::of::<GenCrl>("ca_gen_crl", "Publish the revocation list"),
];

/// Finds a tool by its name.
pub(crate) fn named(name: &OsStr) -> Option<&'static Entry> {
    TOOLS.iter().find(|tool| name == tool.name)
}

/// Finds the tool of `ca <what>`, with hyphens or underscores.
pub(crate) fn what(word: &OsStr) -> Option<&'static Entry> {
    let word = word.to_str()?.replace('-', "_");
    TOOLS.iter().find(|tool| tool.plain_name() == word)
}

/// One tool: its name, and how to run it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    command: fn() -> Command,
    run: fn(Vec<OsString>) -> ExitCode,
}

impl Entry {
    const fn of<T: Tool>(name: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            summary,
            command: command::<T>,
            run: run::<T>,
        }
    }

    /// Runs it under its own name, so that its help and errors are the same however it was called.
    pub(crate) fn run(&self, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
        let name = OsString::from(self.name);
        (self.run)(std::iter::once(name).chain(arguments).collect())
    }

    /// Its definition as `ca <what>`, with hyphens. Underscores work too.
    pub(crate) fn subcommand(&self) -> Command {
        let command = (self.command)().about(self.summary);
        match self.plain_name().replace('_', "-") {
            hyphened if hyphened == self.plain_name() => command.name(hyphened),
            hyphened => command.name(hyphened).alias(self.plain_name()),
        }
    }

    fn plain_name(&self) -> &'static str {
        self.name.trim_start_matches("ca_")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_is_listed_under_the_name_of_its_definition() {
        for tool in &TOOLS {
            assert_eq!((tool.command)().get_name(), tool.name);
            assert_eq!(named(OsStr::new(tool.name)).unwrap().name, tool.name);
        }
        assert!(named(OsStr::new("ca")).is_none());
    }

    #[test]
    fn hyphens_and_underscores_name_the_same_tool() {
        for word in ["create-identity", "create_identity"] {
            let found = what(OsStr::new(word)).unwrap();
            assert_eq!(found.name, "ca_create_identity");
            let subcommand = found.subcommand();
            assert_eq!(subcommand.get_name(), "create-identity");
            assert!(subcommand.get_all_aliases().eq(["create_identity"]));
        }
        assert!(what(OsStr::new("ca_create_identity")).is_none());
        assert!(what(OsStr::new("")).is_none());
    }
}
