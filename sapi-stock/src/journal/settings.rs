//! The table `[hooks.journal]` of the settings.

use std::path::PathBuf;

use serde::Deserialize;

/// Where the journal is.
///
/// ```
/// // In sapi.toml the same as TOML.
/// let settings: sapi_stock::journal::Settings =
///     serde_json::from_str(r#"{"folder": "/var/lib/sapi/journal"}"#)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The folder; made if missing.
    pub folder: PathBuf,
}
