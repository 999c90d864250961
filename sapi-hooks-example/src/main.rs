//! A certificate authority with a policy of its own, to be read; `ca_new_shell` makes a crate to begin yours in.
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
