//! A certificate authority with a policy of its own, to be read; `ca_new_shell` makes a crate to begin yours in.
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
        .hook_with(|boot| {
            let settings = boot.settings("journal")?;
            // A rehearsal records nothing, and may be run by somebody who must not make the file.
            match boot.rehearsal() {
                true => Ok(journal::Journal::closed(&settings)),
                false => journal::Journal::open(&settings),
            }
        })
        .run()
}
