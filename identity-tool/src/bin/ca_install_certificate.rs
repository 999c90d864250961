//! Puts an outside CA's certificate for this authority in place.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::run::<identity_tool::InstallCertificate>()
}
