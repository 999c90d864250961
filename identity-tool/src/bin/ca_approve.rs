//! Shows the requests that wait for a decision, and decides.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::run::<identity_tool::ApproveRequests>()
}
