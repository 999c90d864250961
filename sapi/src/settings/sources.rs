//! The sources of the settings: defaults, file, environment, command line.

use std::path::{Path, PathBuf};

use config::{Config, ConfigError, File, FileFormat, Map, Value, ValueKind};
use serde::de::DeserializeOwned;

use super::environment::{environment, variable};
use super::error::SettingsError;
use super::file::SettingsFile;
use super::keys::{KEYS, defaults, nearest};
use super::line::{COMMAND_LINE, DEFAULT, ENVIRONMENT, Line, flatten, place};

/// The settings merged from all their sources. Their keys are checked, their values are not.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    merged: Config,
    path: Option<PathBuf>,
    file: Option<SettingsFile>,
    /// The keys and values from the command line.
    flags: Vec<(&'static str, String)>,
}

impl Sources {
    /// Reads the sources; a later one overrides an earlier one. A file that was asked for must exist. The
    /// default file may be missing.
    pub(crate) fn read(
        path: Option<&Path>,
        flags: &[(&'static str, String)],
    ) -> Result<Self, SettingsError> {
        let file = match path {
            Some(path) => Some(SettingsFile::read(path)?),
            None => SettingsFile::read_if_present(Path::new(DEFAULT_FILE))?,
        };
        let mut builder =
            Config::builder().add_source(File::from_str(&defaults(), FileFormat::Toml));
        if let Some(file) = &file {
            builder = builder.add_source(file.clone());
        }
        builder = builder.add_source(environment(std::env::vars_os())?);
        for (key, value) in flags {
            let set = builder.set_override(*key, value.as_str());
            builder = set.map_err(SettingsError::new)?;
        }
        Self::of(Self {
            merged: builder.build().map_err(SettingsError::new)?,
            path: path.map(Path::to_path_buf),
            file,
            flags: flags.to_vec(),
        })
    }

    #[cfg(feature = "internals")]
    pub(crate) fn of_text(toml: &str) -> Result<Self, SettingsError> {
        Self::of(Self::of_documents(&[&defaults(), toml])?)
    }

    /// Reads only the defaults, and ignores the settings of the machine.
    pub(crate) fn defaults() -> Result<Self, SettingsError> {
        Self::of_documents(&[&defaults()])
    }

    fn of_documents(documents: &[&str]) -> Result<Self, SettingsError> {
        let mut builder = Config::builder();
        for document in documents {
            builder = builder.add_source(File::from_str(document, FileFormat::Toml));
        }
        Ok(Self {
            merged: builder.build().map_err(SettingsError::new)?,
            path: None,
            file: None,
            flags: Vec::new(),
        })
    }

    fn of(sources: Self) -> Result<Self, SettingsError> {
        sources.refuse_unknown_keys()?;
        Ok(sources)
    }

    /// Reads the same sources again.
    pub(crate) fn again(&self) -> Result<Self, SettingsError> {
        Self::read(self.path.as_deref(), &self.flags)
    }

    /// All settings. An error names the key, and where its value comes from.
    pub(crate) fn all<T: DeserializeOwned>(&self) -> Result<T, SettingsError> {
        serde_path_to_error::deserialize(self.merged.clone()).map_err(|error| {
            let key = error.path().to_string();
            SettingsError::of(key, plain(error.into_inner()))
        })
    }

    /// The table `[hooks.<name>]`, if there is one. An error names the table, the key and the origin.
    pub(crate) fn hook<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, SettingsError> {
        let key = format!("hooks.{name}");
        let Ok(table) = self.merged.get::<Value>(&key) else {
            return Ok(None);
        };
        serde_path_to_error::deserialize(table)
            .map(Some)
            .map_err(|error| {
                let path = error.path().to_string();
                // A field that is unknown or missing is named by the error itself, in its table.
                let (place, shown) = match path.as_str() {
                    "." => (key.clone(), format!("[{key}]")),
                    path => (format!("{key}.{path}"), format!("[{key}] {path}")),
                };
                let origin = self.origin_within(&place);
                let origin = origin.or_else(|| self.origin_within(&key));
                SettingsError::of(shown, plain(error.into_inner())).from(origin)
            })
    }

    /// Lists every key that has a value, with the value and its source.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        flatten("", &self.merged.cache, &mut lines);
        for line in &mut lines {
            if self.flags.iter().any(|(key, _)| *key == line.key) {
                line.origin = COMMAND_LINE.into();
            }
        }
        lines.sort_by_key(|line| place(&line.key));
        lines
    }

    /// Where the value of a key comes from, unless it is the default: the file and the line, the variable, or
    /// the command line.
    pub(crate) fn origin(&self, key: &str) -> Option<String> {
        let line = self.lines().into_iter().find(|line| line.key == key)?;
        self.told(&line.key, line.origin)
    }

    /// Where a table, or the first value in it, comes from.
    pub(crate) fn origin_within(&self, key: &str) -> Option<String> {
        let below = format!("{key}.");
        let mut lines = self.lines().into_iter();
        let line = lines.find(|line| line.key == key || line.key.starts_with(&below))?;
        self.told(key, line.origin)
    }

    fn told(&self, key: &str, origin: String) -> Option<String> {
        match origin.as_str() {
            DEFAULT => None,
            ENVIRONMENT => Some(format!("{ENVIRONMENT}, {}", variable(key))),
            _ => {
                let file = self.file.as_ref().filter(|file| file.name() == origin);
                let line = file.and_then(|file| file.line_of(key));
                Some(match line {
                    Some(line) => format!("{origin}, line {line}"),
                    None => origin,
                })
            }
        }
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

    pub(crate) fn has_hook(&self, name: &str) -> bool {
        self.merged.get::<Value>(&format!("hooks.{name}")).is_ok()
    }

    /// The keys that have neither a value nor a default.
    pub(crate) fn unset(&self) -> Vec<&'static str> {
        let set: Vec<_> = self.lines().into_iter().map(|line| line.key).collect();
        let all = KEYS.iter().map(|(key, _)| *key);
        all.filter(|key| !set.iter().any(|other| other == key))
            .collect()
    }

    fn refuse_unknown_keys(&self) -> Result<(), SettingsError> {
        for line in self.lines() {
            let key = &line.key;
            let is_table = matches!(line.value.kind, ValueKind::Table(_));
            let of_a_hook = key.starts_with("hooks.") && (key.matches('.').count() > 1 || is_table);
            let below = format!("{key}.");
            let a_table_of_ours =
                is_table && KEYS.iter().any(|(known, _)| known.starts_with(&below));
            if !of_a_hook && !a_table_of_ours && !KEYS.iter().any(|(known, _)| known == key) {
                let hint = match nearest(key) {
                    Some(known) => format!("; did you mean {known}?"),
                    None => String::new(),
                };
                let origin = self.told(key, line.origin).unwrap_or_default();
                let what = format!("unknown setting in {origin}{hint}");
                return Err(SettingsError::of(key, what));
            }
        }
        Ok(())
    }
}

/// The error without the key and the origin that the crate adds in the middle: we name both.
fn plain(error: ConfigError) -> String {
    match error {
        ConfigError::Type {
            unexpected,
            expected,
            ..
        } => format!("invalid type: {unexpected}, expected {expected}"),
        ConfigError::At { error, .. } => plain(*error),
        other => other.to_string(),
    }
}

const DEFAULT_FILE: &str = "/etc/sapi/sapi.toml";
