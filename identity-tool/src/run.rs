//! What every tool's `main` does.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::SystemTime;

use clap::{Command, Parser};
use sapi::identity::hardening;

use crate::exit::{Failure, SYSTEM, USAGE};
use crate::generate::Generate;

/// One of the tools: its command line, and what it does.
pub trait Tool: Parser {
    /// Options that print completions or the man page instead of doing anything.
    fn generate(&self) -> &Generate;

    /// Does the work; `now` is the moment it starts.
    ///
    /// # Errors
    /// With the message and the exit code to end with.
    fn act(self, now: SystemTime) -> Result<(), Failure>;
}

/// The tool's definition, with the versions of sapi and of the OpenSSL it runs on.
#[must_use]
pub fn command<T: Tool>() -> Command {
    T::command().version(VERSION.as_str())
}

/// The whole life of a tool, from its command line to its exit code.
#[must_use]
pub fn run<T: Tool>() -> ExitCode {
    // First of all: later there are threads, and secrets in memory.
    if let Err(error) = hardening::before_secrets() {
        return fail(&Failure::new(SYSTEM, error));
    }
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_target(false)
        .without_time()
        .init();
    let parsed = command::<T>()
        .try_get_matches()
        .and_then(|matches| T::from_arg_matches(&matches));
    let tool = match parsed {
        Ok(tool) => tool,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    if tool.generate().wanted() {
        return match tool.generate().print(command::<T>()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&Failure::new(SYSTEM, error)),
        };
    }
    match tool.act(now()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure),
    }
}

fn fail(failure: &Failure) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: {failure}");
    ExitCode::from(failure.code)
}

#[expect(
    clippy::disallowed_methods,
    reason = "here the time enters; below it is passed in"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

static VERSION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{} ({})",
        env!("CARGO_PKG_VERSION"),
        openssl::version::version()
    )
});
