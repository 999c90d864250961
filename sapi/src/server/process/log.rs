//! The log: where its lines go, and in which form.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

use super::json_lines::JsonLines;
use crate::settings::error::SettingsError;
use crate::settings::values::LogFormat;

/// Starts logging to standard error: text for a person at a terminal, JSON lines otherwise.
pub(crate) fn start(format: LogFormat, filter: &str) -> Result<(), SettingsError> {
    let wanted = std::env::var("SAPI_LOG").unwrap_or_else(|_| filter.to_owned());
    let filter = EnvFilter::try_new(&wanted)
        .map_err(|error| SettingsError::of("SAPI_LOG", format!("{wanted:?}: {error}")))?;
    let json = match format {
        LogFormat::Auto => !io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    // Tests start it more than once in a process. The first subscriber stays.
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Forgiving)
        .log_internal_errors(false);
    let _ = if json {
        lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .map_event_format(|others| JsonLines { others })
            .try_init()
    } else {
        lines.with_ansi(io::stderr().is_terminal()).try_init()
    };
    Ok(())
}

/// Standard error without its faults: a full disk or a closed pipe behind it must not stop the service.
struct Forgiving;

impl Write for Forgiving {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _ = io::stderr().write_all(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
