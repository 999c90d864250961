//! Where settings come from: defaults, file, environment, command line.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use config::{
    Config, ConfigError, Environment, File, FileFormat, Format, Map, Source, Value, ValueKind,
};

use super::keys::{KEYS, defaults, nearest};

/// The settings merged from all their sources, not checked yet beyond their keys.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    merged: Config,
    file: Option<PathBuf>,
    /// What the command line has set.
    flags: Vec<(&'static str, String)>,
}

impl Sources {
    /// Reads the sources, later ones over earlier ones. A file that was asked for must be there;
    /// the default one need not.
    pub(crate) fn read(
        file: Option<&Path>,
        flags: &[(&'static str, String)],
    ) -> Result<Self, SettingsError> {
        let mut builder =
            Config::builder().add_source(File::from_str(&defaults(), FileFormat::Toml));
        let path = file.unwrap_or(Path::new(DEFAULT_FILE));
        // Only the default file may be missing: one that cannot be read is not passed over.
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

    /// The defaults alone, whatever the machine has been set to.
    pub(crate) fn defaults() -> Result<Self, SettingsError> {
        let defaults = File::from_str(&defaults(), FileFormat::Toml);
        Ok(Self {
            merged: Config::builder().add_source(defaults).build()?,
            file: None,
            flags: Vec::new(),
        })
    }

    /// The same sources, read once more.
    pub(crate) fn again(&self) -> Result<Self, SettingsError> {
        Self::read(self.file.as_deref(), &self.flags)
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

    /// Every key that has a value, with the value and where it comes from.
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

    /// Where the value of a key comes from, unless it is the default.
    pub(crate) fn origin(&self, key: &str) -> Option<String> {
        let line = self.lines().into_iter().find(|line| line.key == key)?;
        Some(line.origin).filter(|origin| origin != DEFAULT)
    }

    /// The same of a table, or of the first value in it.
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

    /// Whether a value is a text, and not a number that would be read as one.
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

/// A file under the name it was asked for; the crate's own source would name it from where we stand.
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
    /// `table.key`; where a part of it is no bare key of TOML, in quotes.
    pub(crate) key: String,
    /// A table only if it is empty.
    pub(crate) value: Value,
    pub(crate) origin: String,
}

/// Settings that stop the start.
#[derive(Debug)]
pub(crate) struct SettingsError(pub(crate) String);

impl SettingsError {
    /// Says where the value comes from that is wrong, unless the text does already.
    pub(crate) fn located(self, sources: &Sources) -> Self {
        let Self(text) = self;
        // Ours begin with the key, or two; those of the crate `config` have it in the middle.
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

/// `SAPI_KEY`, `SAPI_TABLE__KEY`. What is no setting but begins the same is left out first; a
/// passphrase above all never meets a parser that would turn `0123` into a number.
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

/// The variable that sets a key.
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

/// Settings are listed in the order of the table of keys, those of hooks last.
fn place(key: &str) -> (usize, String) {
    let known = KEYS.iter().position(|(known, _)| *known == key);
    (known.unwrap_or(usize::MAX), key.to_owned())
}

const DEFAULT: &str = "default";
const ENVIRONMENT: &str = "environment";
const DEFAULT_FILE: &str = "/etc/sapi/sapi.toml";
