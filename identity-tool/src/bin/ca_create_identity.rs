//! Creates the identity of a certificate authority. A program of its own, so that cargo alone makes one: ssl_api
//! had it under this name. The other names are links that `ca links` makes.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::ca_create_identity()
}
