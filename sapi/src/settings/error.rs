//! `SettingsError`: a setting that stops the start.

use std::fmt;

/// A setting that cannot be used: its key, what is wrong, and where the value comes from.
///
/// ```
/// let error = sapi::ServiceSettings::read(Some("/nonexistent.toml".as_ref())).unwrap_err();
/// assert!(error.to_string().starts_with("/nonexistent.toml: "));
/// ```
#[derive(Debug)]
pub struct SettingsError {
    /// Absent if the trouble is with a whole file, or with an option of the command line.
    key: Option<String>,
    what: String,
    /// The file and line, the variable, or the command line. Absent for a default.
    origin: Option<String>,
}

impl SettingsError {
    pub(crate) fn new(what: impl fmt::Display) -> Self {
        Self {
            key: None,
            what: what.to_string(),
            origin: None,
        }
    }

    pub(crate) fn of(key: impl Into<String>, what: impl fmt::Display) -> Self {
        Self {
            key: Some(key.into()),
            ..Self::new(what)
        }
    }

    pub(crate) fn from(mut self, origin: Option<String>) -> Self {
        self.origin = self.origin.or(origin);
        self
    }

    pub(crate) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.what)?;
        match &self.origin {
            Some(origin) => write!(f, " (in {origin})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SettingsError {}
