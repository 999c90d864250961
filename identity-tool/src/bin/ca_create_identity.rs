//! Creates the identity of a certificate authority. ssl_api had this program under this name, so cargo builds it
//! without further steps. The other names are links that `ca links` makes.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_tool::ca_create_identity()
}
