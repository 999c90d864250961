//! `ca_new_shell NAME` makes a shell crate, which builds, tests, serves and packages without an edit.

mod name;
mod source;
mod template;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

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
    let new = NewShell::parse();
    match make(&new) {
        Ok(folder) => {
            println_made(&folder);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(73)
        }
    }
}

fn make(new: &NewShell) -> io::Result<PathBuf> {
    let source = Source::find(new.sapi_path.as_deref())?;
    let folder = new.into.join(new.name.as_str());
    template::write(&folder, &new.name, &source)?;
    Ok(folder)
}

#[allow(
    clippy::print_stdout,
    reason = "this program tells the person what to do next"
)]
fn println_made(folder: &std::path::Path) {
    println!("made {}; next:\n", folder.display());
    println!("    cd {}", folder.display());
    println!("    cargo test");
    println!("    cargo run -- demo --once --config sapi.dev.toml --client web01\n");
    println!("The policy is src/policy.rs.");
}
