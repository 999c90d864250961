//! Prepares and activates the successor of a certificate authority.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::run::<identity_tool::RollIdentity>()
}
