//! A certificate authority with a policy of its own. Copy this crate and write yours.
//!
//! ```text
//! sapi-hooks-example demo
//! sapi-hooks-example serve --config /etc/sapi/sapi.toml
//! ```

mod journal;
mod members;

fn main() -> std::process::ExitCode {
    sapi::App::new()
        .hook_with(|boot| members::Members::open(&boot.settings("members")?))
        .hook_with(|boot| journal::Journal::open(&boot.settings("journal")?))
        .run()
}
