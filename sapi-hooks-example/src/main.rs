//! An example of a certificate authority with its own policy. To begin yours, make a crate with `ca_new_shell`.
//!
//! ```text
//! sapi-hooks-example demo
//! sapi-hooks-example serve --config /etc/sapi/sapi.toml
//! ```

mod members;
mod policy;

fn main() -> std::process::ExitCode {
    sapi::App::new().hook_with(policy::from_settings).run()
}
