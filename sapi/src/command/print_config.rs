//! `config`: the merged settings, each with its origin.

use std::io::{self, Write};
use std::process::ExitCode;

use config::{Value, ValueKind};

use crate::server::error::StartFault;
use crate::settings::checked::Settings;
use crate::settings::line::Line;
use crate::settings::sources::Sources;

/// Prints the settings as TOML, defaults included, and then checks them.
pub(crate) fn run(sources: &Sources) -> Result<ExitCode, StartFault> {
    let mut out = io::stdout().lock();
    for line in sources.lines() {
        writeln!(out, "{}", printed(&line))?;
    }
    for key in sources.unset() {
        writeln!(out, "# {key} is not set and has no default")?;
    }
    Settings::check(sources)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn printed(line: &Line) -> String {
    let value = if is_secret(line) {
        "\"(hidden)\"".to_owned()
    } else {
        as_toml(&line.value).to_string()
    };
    // A path may contain a line break, which would end the comment.
    format!("{} = {value} # {}", line.key, line.origin.escape_debug())
}

/// sapi's own settings contain no secrets. A hook's might, and only the key's name tells.
fn is_secret(line: &Line) -> bool {
    let name = line
        .key
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let telling = ["password", "passphrase", "secret", "token"];
    line.key.starts_with("hooks.")
        && telling
            .iter()
            .any(|word| name.trim_matches('"').ends_with(word))
}

fn as_toml(value: &Value) -> toml::Value {
    match &value.kind {
        ValueKind::Boolean(truth) => (*truth).into(),
        ValueKind::I64(number) => (*number).into(),
        ValueKind::Float(number) => (*number).into(),
        ValueKind::Array(elements) => elements.iter().map(as_toml).collect::<Vec<_>>().into(),
        ValueKind::Table(table) => {
            let entries = table
                .iter()
                .map(|(key, value)| (key.clone(), as_toml(value)));
            toml::Value::Table(entries.collect())
        }
        // TOML has neither larger numbers nor null, so a file cannot contain these.
        _ => value.to_string().into(),
    }
}
