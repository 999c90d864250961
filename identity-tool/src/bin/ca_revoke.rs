//! Revokes certificates.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::run::<identity_tool::Revoke>()
}
