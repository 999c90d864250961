//! Running a tool, from its command line to its exit code.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::{Command, Parser};
use sapi::identity::hardening;
use sapi_tools::exit::{Failure, SYSTEM, USAGE, conclude};
use sapi_tools::{Generate, parse, version};

/// One of the tools: its command line, and what it does.
pub(crate) trait Tool: Parser {
    /// Options that print completions or the man page instead of doing anything.
    fn generate(&self) -> &Generate;

    /// Does the work; `now` is the time of the start. A failure has the message and the exit code.
    fn act(self, now: SystemTime) -> Result<(), Failure>;
}

/// Runs a tool. The first argument is its name.
pub(crate) fn run<T: Tool>(arguments: Vec<OsString>) -> ExitCode {
    // This comes first, because later there are threads, and secrets in memory.
    if let Err(error) = hardening::before_secrets() {
        return conclude("", Err(Failure::new(SYSTEM, error))).into();
    }
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_target(false)
        .without_time()
        .init();
    let tool: T = match parse(command::<T>(), arguments, USAGE) {
        Ok(tool) => tool,
        Err(code) => return code.into(),
    };
    let outcome = match tool.generate().page() {
        Some(page) => page
            .print(command::<T>())
            .map_err(|error| Failure::new(SYSTEM, error)),
        None => tool.act(now()),
    };
    conclude("", outcome).into()
}

/// The tool's definition, with the versions of sapi and of the OpenSSL it runs on.
pub(crate) fn command<T: Tool>() -> Command {
    T::command().version(version(openssl::version::version()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "here the time enters; below it is passed in"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}
