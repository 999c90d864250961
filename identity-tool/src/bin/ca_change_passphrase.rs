//! Locks the CA's private key with another passphrase.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::run::<identity_tool::ChangePassphrase>()
}
