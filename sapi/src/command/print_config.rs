//! `config`: the merged settings, each with its origin.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::server::settings::Settings;
use crate::server::sources::Sources;
use crate::server::start::StartError;

/// Prints TOML that could be a settings file; what is wrong with it is the error.
pub(crate) fn run(sources: &Sources) -> Result<ExitCode, StartError> {
    let mut out = io::stdout().lock();
    for (key, value, origin) in sources.lines() {
        writeln!(out, "{key} = {value} # {origin}")?;
    }
    Settings::check(sources)?;
    Ok(ExitCode::SUCCESS)
}
