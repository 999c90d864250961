//! `ca_new_shell NAME` makes a shell crate, which builds, tests, serves and packages without an edit.

mod name;
mod source;
mod template;

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use sapi_tools::exit::{CANNOT_CREATE, Failure, conclude};
use sapi_tools::parse;

use name::Name;
use source::Source;

/// Makes a crate for a certificate authority with its own policy. Needs no network.
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:\n  ca_new_shell my-ca && cd my-ca && cargo test\n\n\
    Exit codes: 0 made, 2 wrong usage, 73 the folder exists or cannot be made"
)]
struct NewShell {
    /// The name of the crate, its program and its folder: lower-case letters, digits and hyphens
    name: Name,
    /// The folder to make it in
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    into: PathBuf,
    /// Take sapi from this folder, the `sapi` of a clone [default: the clone this program was built in; if
    /// it is gone, this program's version from the registry]
    #[arg(long, value_name = "FOLDER")]
    sapi_path: Option<PathBuf>,
}

fn main() -> ExitCode {
    let new: NewShell = match parse(NewShell::command(), env::args_os(), USAGE) {
        Ok(new) => new,
        Err(code) => return code.into(),
    };
    let made = make(&new).map(|folder| {
        // The crate is made, even if nobody reads what to do next.
        let _ = next_steps(&folder);
    });
    conclude("", made.map_err(|error| Failure::new(CANNOT_CREATE, error))).into()
}

fn make(new: &NewShell) -> io::Result<PathBuf> {
    let source = Source::find(new.sapi_path.as_deref())?;
    let folder = new.into.join(new.name.as_str());
    template::write(&folder, &new.name, &source)?;
    Ok(folder)
}

fn next_steps(folder: &Path) -> io::Result<()> {
    let mut output = io::stdout();
    writeln!(output, "made {}; next:\n", folder.display())?;
    writeln!(output, "    cd {}", folder.display())?;
    writeln!(output, "    cargo test")?;
    writeln!(
        output,
        "    cargo run -- demo --once --config sapi.dev.toml --client web01\n"
    )?;
    writeln!(output, "The policy is src/policy.rs.")
}

/// As clap itself ends.
const USAGE: u8 = 2;
