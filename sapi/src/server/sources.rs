//! Where settings come from: defaults, file, environment, command line.

use std::fmt;
use std::path::{Path, PathBuf};

use config::{Config, ConfigError, Environment, File, FileFormat, Map, Value, ValueKind};

use super::keys::{KEYS, defaults, nearest};

/// The settings merged from all their sources, not checked yet beyond their keys.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    merged: Config,
}

impl Sources {
    /// Reads the sources, later ones over earlier ones. A file that was asked for must be there;
    /// the default one need not.
    pub(crate) fn read(
        file: Option<&Path>,
        flags: &[(&str, String)],
    ) -> Result<Self, SettingsError> {
        let mut builder =
            Config::builder().add_source(File::from_str(&defaults(), FileFormat::Toml));
        let (path, required) = match file {
            Some(path) => (path.to_path_buf(), true),
            None => (PathBuf::from(DEFAULT_FILE), false),
        };
        builder = builder.add_source(File::from(path).format(FileFormat::Toml).required(required));
        builder = builder.add_source(environment(std::env::vars_os().filter_map(
            |(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)),
        )));
        for (key, value) in flags {
            builder = builder.set_override(*key, value.as_str())?;
        }
        Self::of(builder.build()?)
    }

    pub(super) fn of(merged: Config) -> Result<Self, SettingsError> {
        let sources = Self { merged };
        sources.refuse_unknown_keys()?;
        Ok(sources)
    }

    /// The defaults alone, whatever the machine has been set to.
    pub(crate) fn defaults() -> Result<Self, SettingsError> {
        let defaults = File::from_str(&defaults(), FileFormat::Toml);
        Ok(Self {
            merged: Config::builder().add_source(defaults).build()?,
        })
    }

    /// One table or value.
    pub(crate) fn get<'de, T: serde::Deserialize<'de>>(
        &self,
        key: &str,
    ) -> Result<T, SettingsError> {
        Ok(self.merged.get(key)?)
    }

    /// Everything.
    pub(crate) fn all<'de, T: serde::Deserialize<'de>>(&self) -> Result<T, SettingsError> {
        Ok(self.merged.clone().try_deserialize()?)
    }

    /// Every key that has a value, with the value as TOML and where it comes from.
    pub(crate) fn lines(&self) -> Vec<(String, String, String)> {
        let mut lines = Vec::new();
        flatten("", &self.merged.cache, &mut lines);
        lines.sort_by_key(|(key, ..)| place(key));
        lines
    }

    fn refuse_unknown_keys(&self) -> Result<(), SettingsError> {
        for (key, _, origin) in self.lines() {
            let of_a_hook = key.starts_with("hooks.") && key.matches('.').count() > 1;
            if !of_a_hook && !KEYS.iter().any(|(known, _)| *known == key) {
                let hint = match nearest(&key) {
                    Some(known) => format!("; did you mean {known}?"),
                    None => String::new(),
                };
                return Err(SettingsError(format!(
                    "{key}: unknown setting in {origin}{hint}"
                )));
            }
        }
        Ok(())
    }
}

/// Settings that stop the start.
#[derive(Debug)]
pub(crate) struct SettingsError(pub(crate) String);

impl From<ConfigError> for SettingsError {
    fn from(error: ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "settings: {}", self.0)
    }
}

impl std::error::Error for SettingsError {}

/// `SAPI_KEY`, `SAPI_TABLE__KEY`. What is no setting but begins the same is left out first; a
/// passphrase above all never meets a parser that would turn `0123` into a number.
fn environment(variables: impl Iterator<Item = (String, String)>) -> Environment {
    let reserved = |key: &str| key == "SAPI_LOG" || key.starts_with("SAPI_PASSPHRASE");
    let settings: Map<String, String> = variables
        .filter(|(key, _)| key.starts_with("SAPI_") && !reserved(key))
        .collect();
    Environment::with_prefix("SAPI")
        .prefix_separator("_")
        .separator("__")
        .source(Some(settings))
}

fn flatten(prefix: &str, value: &Value, lines: &mut Vec<(String, String, String)>) {
    match &value.kind {
        ValueKind::Table(table) => {
            for (key, inner) in table {
                let dot = if prefix.is_empty() { "" } else { "." };
                flatten(&format!("{prefix}{dot}{key}"), inner, lines);
            }
        }
        ValueKind::Nil => {}
        _ => {
            let origin = match value.origin() {
                None => "default".to_owned(),
                Some("the environment") => "environment".to_owned(),
                Some(path) => path.to_owned(),
            };
            lines.push((prefix.to_owned(), as_toml(value), origin));
        }
    }
}

fn as_toml(value: &Value) -> String {
    match &value.kind {
        ValueKind::String(text) => toml::Value::from(text.as_str()).to_string(),
        ValueKind::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(as_toml).collect();
            format!("[{}]", elements.join(", "))
        }
        _ => value.to_string(),
    }
}

/// Settings are listed in the order of the table of keys, those of hooks last.
fn place(key: &str) -> (usize, String) {
    let known = KEYS.iter().position(|(known, _)| *known == key);
    (known.unwrap_or(usize::MAX), key.to_owned())
}

const DEFAULT_FILE: &str = "/etc/sapi/sapi.toml";
