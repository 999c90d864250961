//! The sources of the settings: defaults, file, environment, command line.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use config::{
    Config, ConfigError, Environment, File, FileFormat, Format, Map, Source, Value, ValueKind,
};

use super::keys::{KEYS, defaults, nearest};

/// The settings merged from all their sources. Their keys are checked, their values are not.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    merged: Config,
    file: Option<PathBuf>,
    /// The keys and values from the command line.
    flags: Vec<(&'static str, String)>,
}

impl Sources {
    /// Reads the sources; a later one overrides an earlier one. A file that was asked for must exist. The
    /// default file may be missing.
    pub(crate) fn read(
        file: Option<&Path>,
        flags: &[(&'static str, String)],
    ) -> Result<Self, SettingsError> {
        let mut builder =
            Config::builder().add_source(File::from_str(&defaults(), FileFormat::Toml));
        let path = file.unwrap_or(Path::new(DEFAULT_FILE));
        // The default file is left out only if it does not exist. A file that cannot be read is an error.
        if file.is_some() || !is_missing(path) {
            builder = builder.add_source(SettingsFile::read(path)?);
        }
        builder = builder.add_source(environment(std::env::vars_os())?);
        for (key, value) in flags {
            builder = builder.set_override(*key, value.as_str())?;
        }
        Self::of(Self {
            merged: builder.build()?,
            file: file.map(Path::to_path_buf),
            flags: flags.to_vec(),
        })
    }

    #[cfg(feature = "internals")]
    pub(crate) fn of_text(toml: &str) -> Result<Self, SettingsError> {
        let builder = [defaults().as_str(), toml]
            .iter()
            .fold(Config::builder(), |all, text| {
                all.add_source(File::from_str(text, FileFormat::Toml))
            });
        Self::of(Self {
            merged: builder.build()?,
            file: None,
            flags: Vec::new(),
        })
    }

    fn of(sources: Self) -> Result<Self, SettingsError> {
        sources.refuse_unknown_keys()?;
        Ok(sources)
    }

    /// Reads only the defaults, and ignores the settings of the machine.
    pub(crate) fn defaults() -> Result<Self, SettingsError> {
        let defaults = File::from_str(&defaults(), FileFormat::Toml);
        Ok(Self {
            merged: Config::builder().add_source(defaults).build()?,
            file: None,
            flags: Vec::new(),
        })
    }

    /// Reads the same sources again.
    pub(crate) fn again(&self) -> Result<Self, SettingsError> {
        Self::read(self.file.as_deref(), &self.flags)
    }

    /// Returns one table or value.
    pub(crate) fn get<'de, T: serde::Deserialize<'de>>(
        &self,
        key: &str,
    ) -> Result<T, SettingsError> {
        Ok(self.merged.get(key)?)
    }

    /// Returns all settings.
    pub(crate) fn all<'de, T: serde::Deserialize<'de>>(&self) -> Result<T, SettingsError> {
        Ok(self.merged.clone().try_deserialize()?)
    }

    /// Lists every key that has a value, with the value and its source.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        flatten("", &self.merged.cache, &mut lines);
        for line in &mut lines {
            if self.flags.iter().any(|(key, _)| *key == line.key) {
                line.origin = "command line".into();
            }
        }
        lines.sort_by_key(|line| place(&line.key));
        lines
    }

    /// Returns where the value of a key comes from, unless it is the default.
    pub(crate) fn origin(&self, key: &str) -> Option<String> {
        let line = self.lines().into_iter().find(|line| line.key == key)?;
        Some(line.origin).filter(|origin| origin != DEFAULT)
    }

    /// Returns where a table, or the first value in it, comes from.
    pub(crate) fn origin_within(&self, key: &str) -> Option<String> {
        let below = format!("{key}.");
        let mut lines = self.lines().into_iter();
        let line = lines.find(|line| line.key == key || line.key.starts_with(&below))?;
        Some(line.origin)
    }

    /// The names of the tables under `hooks`.
    pub(crate) fn hook_tables(&self) -> Vec<String> {
        let hooks: Result<Map<String, Value>, _> = self.merged.get("hooks");
        let all = hooks.unwrap_or_default().into_iter();
        let mut tables: Vec<_> = all
            .filter(|(_, value)| matches!(value.kind, ValueKind::Table(_)))
            .map(|(name, _)| name)
            .collect();
        tables.sort();
        tables
    }

    /// The keys that have neither a value nor a default.
    pub(crate) fn unset(&self) -> Vec<&'static str> {
        let set: Vec<_> = self.lines().into_iter().map(|line| line.key).collect();
        let all = KEYS.iter().map(|(key, _)| *key);
        all.filter(|key| !set.iter().any(|other| other == key))
            .collect()
    }

    /// Whether a value is a text, and not a number that becomes a text when it is read.
    pub(crate) fn is_text(&self, key: &str) -> bool {
        let value: Result<Value, _> = self.merged.get(key);
        value.is_ok_and(|value| matches!(value.kind, ValueKind::String(_)))
    }

    fn refuse_unknown_keys(&self) -> Result<(), SettingsError> {
        for line in self.lines() {
            let key = &line.key;
            let of_a_hook = key.starts_with("hooks.")
                && (key.matches('.').count() > 1 || matches!(line.value.kind, ValueKind::Table(_)));
            let a_table_of_ours = matches!(line.value.kind, ValueKind::Table(_))
                && KEYS
                    .iter()
                    .any(|(known, _)| known.starts_with(&format!("{key}.")));
            if !of_a_hook && !a_table_of_ours && !KEYS.iter().any(|(known, _)| known == key) {
                let hint = match nearest(key) {
                    Some(known) => format!("; did you mean {known}?"),
                    None => String::new(),
                };
                let origin = match line.origin.as_str() {
                    ENVIRONMENT => format!("{ENVIRONMENT}, {}", variable(key)),
                    file => file.to_owned(),
                };
                return Err(SettingsError(format!(
                    "{key}: unknown setting in {origin}{hint}"
                )));
            }
        }
        Ok(())
    }
}

/// A file that keeps the name it was asked for. The crate's own source would use a name relative to our folder.
#[derive(Clone, Debug)]
struct SettingsFile(Map<String, Value>);

impl SettingsFile {
    fn read(path: &Path) -> Result<Self, SettingsError> {
        let name = path.display().to_string();
        let text =
            fs::read_to_string(path).map_err(|error| SettingsError(format!("{name}: {error}")))?;
        let parsed = FileFormat::Toml.parse(Some(&name), &text);
        let parsed = parsed
            .map_err(|error| SettingsError(format!("{name}: {}", error.to_string().trim_end())))?;
        Ok(Self(parsed))
    }
}

impl Source for SettingsFile {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

/// One setting.
#[derive(Debug)]
pub(crate) struct Line {
    /// `table.key`. A part that is not a bare key of TOML is in quotes.
    pub(crate) key: String,
    /// This is a table only if the table is empty.
    pub(crate) value: Value,
    pub(crate) origin: String,
}

/// A fault in the settings that stops the start.
#[derive(Debug)]
pub(crate) struct SettingsError(pub(crate) String);

impl SettingsError {
    /// Adds where the wrong value comes from, unless the text says so already.
    pub(crate) fn located(self, sources: &Sources) -> Self {
        let Self(text) = self;
        // Our errors begin with one or two keys. Errors of the crate `config` name the key in the middle.
        let ours = text.split(": ").next().unwrap_or_default().split(", ");
        let theirs = text.split("for key `").nth(1);
        let theirs = theirs.and_then(|rest| rest.split('`').next());
        match ours.chain(theirs).find_map(|key| sources.origin(key)) {
            Some(origin) if !text.contains(&origin) => Self(format!("{text} (in {origin})")),
            _ => Self(text),
        }
    }
}

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

fn is_missing(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Reads `SAPI_KEY` and `SAPI_TABLE__KEY`. It first leaves out variables that begin like this but are not
/// settings. Above all, a passphrase never meets a parser that would turn `0123` into a number.
fn environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Environment, SettingsError> {
    let reserved = |key: &str| key == "SAPI_LOG" || key.starts_with("SAPI_PASSPHRASE");
    let mut settings = Map::new();
    for (key, value) in variables {
        let Some(key) = key.to_str().filter(|key| key.starts_with("SAPI_")) else {
            continue;
        };
        if reserved(key) {
            continue;
        }
        let value = value
            .into_string()
            .map_err(|_| SettingsError(format!("{key}: the variable is not UTF-8")))?;
        settings.insert(key.to_owned(), value);
    }
    Ok(Environment::with_prefix("SAPI")
        .prefix_separator("_")
        .separator("__")
        .source(Some(settings)))
}

fn flatten(prefix: &str, value: &Value, lines: &mut Vec<Line>) {
    match &value.kind {
        ValueKind::Table(table) if prefix.is_empty() || !table.is_empty() => {
            for (key, inner) in table {
                let dot = if prefix.is_empty() { "" } else { "." };
                flatten(
                    &format!("{prefix}{dot}{}", bare_or_quoted(key)),
                    inner,
                    lines,
                );
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

/// Returns the name of the variable that sets a key.
fn variable(key: &str) -> String {
    format!("SAPI_{}", key.replace('.', "__").to_uppercase())
}

fn bare_or_quoted(key: &str) -> String {
    let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !key.is_empty() && key.bytes().all(bare) {
        return key.to_owned();
    }
    toml::Value::from(key).to_string()
}

/// Sorts settings in the order of the table of keys. Settings of hooks come last.
fn place(key: &str) -> (usize, String) {
    let known = KEYS.iter().position(|(known, _)| *known == key);
    (known.unwrap_or(usize::MAX), key.to_owned())
}

const DEFAULT: &str = "default";
const ENVIRONMENT: &str = "environment";
const DEFAULT_FILE: &str = "/etc/sapi/sapi.toml";
