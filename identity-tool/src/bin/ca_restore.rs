//! Restores an identity from its backup.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::run::<identity_tool::Restore>()
}
