//! `Line`: one setting with its key, its value and its origin.

use config::{Value, ValueKind};

use super::keys::KEYS;

/// One setting.
#[derive(Debug)]
pub(crate) struct Line {
    /// `table.key`. A part that is not a bare key of TOML is in quotes.
    pub(crate) key: String,
    /// This is a table only if the table is empty.
    pub(crate) value: Value,
    pub(crate) origin: String,
}

/// Lists every key below `value` that has a value.
pub(crate) fn flatten(prefix: &str, value: &Value, lines: &mut Vec<Line>) {
    match &value.kind {
        ValueKind::Table(table) if prefix.is_empty() || !table.is_empty() => {
            for (key, inner) in table {
                let dot = if prefix.is_empty() { "" } else { "." };
                let key = format!("{prefix}{dot}{}", bare_or_quoted(key));
                flatten(&key, inner, lines);
            }
        }
        ValueKind::Nil => {}
        _ => {
            let origin = match value.origin() {
                None => DEFAULT.to_owned(),
                Some("the environment") => ENVIRONMENT.to_owned(),
                Some(path) => path.to_owned(),
            };
            lines.push(Line {
                key: prefix.to_owned(),
                value: value.clone(),
                origin,
            });
        }
    }
}

/// Sorts settings in the order of the table of keys. Settings of hooks come last.
pub(crate) fn place(key: &str) -> (usize, String) {
    let known = KEYS.iter().position(|(known, _)| *known == key);
    (known.unwrap_or(usize::MAX), key.to_owned())
}

fn bare_or_quoted(key: &str) -> String {
    let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !key.is_empty() && key.bytes().all(bare) {
        return key.to_owned();
    }
    toml::Value::from(key).to_string()
}

pub(crate) const DEFAULT: &str = "default";
pub(crate) const ENVIRONMENT: &str = "environment";
pub(crate) const COMMAND_LINE: &str = "command line";
