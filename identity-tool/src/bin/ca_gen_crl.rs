//! Publishes the revocation list.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::run::<identity_tool::GenCrl>()
}
