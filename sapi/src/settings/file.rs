//! A settings file: its values, and the line of each key.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use config::{ConfigError, FileFormat, Format, Map, Source, Value};
use toml::de::{DeTable, DeValue};

use super::error::SettingsError;

/// A file under the name it was asked for; the crate's own source would name it from the working directory.
#[derive(Clone, Debug)]
pub(crate) struct SettingsFile {
    name: String,
    text: Arc<str>,
    values: Map<String, Value>,
}

impl SettingsFile {
    /// Reads a file that must be there.
    pub(crate) fn read(path: &Path) -> Result<Self, SettingsError> {
        let name = path.display().to_string();
        let fault = |what: String| SettingsError::new(format!("{name}: {what}"));
        let text = fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        let values = FileFormat::Toml.parse(Some(&name), &text);
        let values = values.map_err(|error| fault(error.to_string().trim_end().to_owned()))?;
        Ok(Self {
            values,
            text: text.into(),
            name,
        })
    }

    /// Reads a file that may be missing. A file that cannot be read is not passed over.
    pub(crate) fn read_if_present(path: &Path) -> Result<Option<Self>, SettingsError> {
        let missing =
            fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if missing {
            return Ok(None);
        }
        Self::read(path).map(Some)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The line of a key such as `http.workers`, counted from 1. A part of the key may be in quotes.
    pub(crate) fn line_of(&self, key: &str) -> Option<usize> {
        let table = DeTable::parse(&self.text).ok()?;
        let offset = offset_of(table.get_ref(), key)?;
        let before = self.text.as_bytes().get(..offset)?;
        Some(1 + before.iter().filter(|octet| **octet == b'\n').count())
    }
}

/// The offset of a key. For a table that is written in several places it is that of its first key.
fn offset_of(table: &DeTable<'_>, key: &str) -> Option<usize> {
    for (name, value) in table {
        let own = name.get_ref();
        let quoted = toml::Value::from(own.as_ref()).to_string();
        for written in [own.as_ref(), quoted.as_str()] {
            match key.strip_prefix(written) {
                Some("") => return Some(name.span().start),
                Some(rest) => {
                    if let (Some(rest), DeValue::Table(inner)) =
                        (rest.strip_prefix('.'), value.get_ref())
                    {
                        return offset_of(inner, rest);
                    }
                }
                None => {}
            }
        }
    }
    None
}

impl Source for SettingsFile {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.values.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_key_has_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sapi.toml");
        let text = "# first\nca_path = \"/ca\"\n\n[http]\nworkers = 2\n\n[hooks.members]\n\"odd key\" = 1\n";
        fs::write(&path, text).unwrap();
        let file = SettingsFile::read(&path).unwrap();
        for (key, line) in [
            ("ca_path", Some(2)),
            ("http", Some(4)),
            ("http.workers", Some(5)),
            ("hooks.members", Some(7)),
            ("hooks.members.\"odd key\"", Some(8)),
            ("http.max_body", None),
            ("listen", None),
        ] {
            assert_eq!(file.line_of(key), line, "{key}");
        }
    }
}
