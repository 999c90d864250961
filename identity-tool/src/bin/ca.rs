//! Runs every tool, by its own name and as `ca <what>`.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::ca()
}
