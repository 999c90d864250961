//! Makes an encrypted backup of the identity.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::run::<identity_tool::Backup>()
}
