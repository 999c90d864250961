//! The programs: `ca`, which contains all the tools, and `ca_create_identity`, which is one of them.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use clap::{Command, CommandFactory, Parser, Subcommand};
use sapi_tools::exit::{Failure, SYSTEM, USAGE, conclude};
use sapi_tools::{Generate, Page, parse, version};

use crate::create::CreateIdentity;
use crate::links::Links;
use crate::run::run;
use crate::tools::{Entry, TOOLS, named, what};

/// The program `ca`. Under the name of a tool it runs that tool, and so does `ca <what>`.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     identity_tool::ca()
/// }
/// ```
#[must_use]
pub fn ca() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().collect();
    match called(&arguments) {
        Some((tool, rest)) => tool.run(rest.iter().cloned()),
        None => itself(arguments),
    }
}

/// The program `ca_create_identity`, under any name.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     identity_tool::ca_create_identity()
/// }
/// ```
#[must_use]
pub fn ca_create_identity() -> ExitCode {
    run::<CreateIdentity>(env::args_os().collect())
}

/// The tool that the command line names, and its arguments.
fn called(arguments: &[OsString]) -> Option<(&'static Entry, &[OsString])> {
    let (program, rest) = arguments.split_first()?;
    let name = Path::new(program).file_name().unwrap_or(OsStr::new(""));
    if let Some(tool) = named(name) {
        return Some((tool, rest));
    }
    let (word, rest) = rest.split_first()?;
    Some((what(word)?, rest))
}

/// Runs the program itself, not a tool.
fn itself(arguments: Vec<OsString>) -> ExitCode {
    let ca: Ca = match parse(command(), arguments, USAGE) {
        Ok(ca) => ca,
        Err(code) => return code.into(),
    };
    let outcome = match (ca.generate.page(), ca.what) {
        (Some(page), _) => {
            let printed = page.print(if page == Page::Manual {
                for_manual()
            } else {
                command()
            });
            printed.map_err(|error| Failure::new(SYSTEM, error))
        }
        (None, Some(What::Links(links))) => links.act(),
        (None, None) => Err(Failure::new(USAGE, "say what to do (--help lists it)")),
    };
    conclude("", outcome).into()
}

/// The tools of a certificate authority.
///
/// `ca links` gives each tool a name of its own: `ca_revoke` is `ca revoke`.
#[derive(Debug, Parser)]
#[command(name = "ca", after_help = EXAMPLE, arg_required_else_help = true, disable_help_subcommand = true)]
struct Ca {
    #[command(subcommand)]
    what: Option<What>,

    #[command(flatten)]
    generate: Generate,
}

#[derive(Debug, Subcommand)]
enum What {
    Links(Links),
}

/// The definition with all the tools as subcommands, for help, completions and hints about misspelt words.
fn command() -> Command {
    Ca::command()
        .version(version(openssl::version::version()))
        .subcommands(TOOLS.iter().map(Entry::subcommand))
}

/// Each tool has a man page of its own. The page of `ca` lists these pages.
fn for_manual() -> Command {
    let names = TOOLS.iter().map(|tool| format!("\n  {}(1)", tool.name));
    let pages: String = names.collect();
    command()
        .mut_subcommands(|tool| tool.hide(true))
        .after_help(format!("Tools:{pages}\n\n{EXAMPLE}"))
}

const EXAMPLE: &str = "\
Example:
  ca links /usr/bin
  ca create-identity -f CN ca.net
  ca revoke --help

Exit codes: 0 done, 64 wrong usage, 71 the output cannot be written, 73 the links cannot be made or
another file is in the way. The help of each tool names its own.";

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(line: &[&str]) -> Option<(&'static str, Vec<OsString>)> {
        let arguments: Vec<OsString> = line.iter().map(OsString::from).collect();
        called(&arguments).map(|(tool, rest)| (tool.name, rest.to_vec()))
    }

    #[test]
    fn the_name_comes_before_the_first_word() {
        let rest = vec![OsString::from("--json")];
        let revoke = Some(("ca_revoke", rest.clone()));
        assert_eq!(meant(&["ca_revoke", "--json"]), revoke);
        assert_eq!(meant(&["/usr/bin/ca_revoke", "--json"]), revoke);
        assert_eq!(meant(&["ca", "revoke", "--json"]), revoke);
        assert_eq!(meant(&["./renamed", "revoke", "--json"]), revoke);
        assert_eq!(
            meant(&["ca_journal", "revoke"]),
            Some(("ca_journal", vec!["revoke".into()]))
        );
    }

    #[test]
    fn everything_else_is_no_tool() {
        for line in [
            &[][..],
            &[""],
            &["ca"],
            &["ca", "dance"],
            &["ca", "--help", "revoke"],
        ] {
            assert_eq!(meant(line), None, "{line:?}");
        }
    }

    #[test]
    fn the_definition_is_sound() {
        command().debug_assert();
        for_manual().debug_assert();
    }
}
