//! Settings in the environment: `SAPI_KEY` and `SAPI_TABLE__KEY`.

use std::ffi::OsString;

use config::{Environment, Map};

use super::error::SettingsError;

/// Reads the variables that are settings. It first leaves out those that begin like this but are not settings.
/// Above all, a passphrase never meets a parser that would turn `0123` into a number.
pub(crate) fn environment(
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
            .map_err(|_| SettingsError::new(format!("{key}: the variable is not UTF-8")))?;
        settings.insert(key.to_owned(), value);
    }
    Ok(Environment::with_prefix("SAPI")
        .prefix_separator("_")
        .separator("__")
        .source(Some(settings)))
}

/// Returns the name of the variable that sets a key.
pub(crate) fn variable(key: &str) -> String {
    format!("SAPI_{}", key.replace('.', "__").to_uppercase())
}
