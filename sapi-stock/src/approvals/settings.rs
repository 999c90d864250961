//! The table `[hooks.approvals]` of the settings.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::limits::Limits;
use sapi::Validity;

/// Where requests wait, and for how long.
///
/// ```
/// // In sapi.toml the same as TOML.
/// let settings: sapi_stock::approvals::Settings = serde_json::from_str(
///     r#"{"folder": "/var/lib/sapi/approvals", "validity": "48h"}"#,
/// )?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The folder; made if missing.
    pub(super) folder: PathBuf,
    /// How long a certificate is valid, unless the approval says otherwise.
    pub(super) validity: Validity,
    /// After how long a client is to ask again.
    #[serde(default = "minute", with = "sapi::duration")]
    pub(super) retry_after: Duration,
    /// How many requests of one client may be pending.
    #[serde(default = "three")]
    max_pending_per_client: usize,
    /// How many requests may be pending in all.
    #[serde(default = "thousand")]
    max_pending: usize,
    /// After how long a pending request and a rejection are forgotten.
    #[serde(default = "month", with = "sapi::duration")]
    max_age: Duration,
}

impl Settings {
    /// The folder of the requests.
    ///
    /// ```
    /// # fn f(settings: &sapi_stock::approvals::Settings) { println!("{}", settings.folder().display()); }
    /// ```
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How long a certificate is valid, unless the approval says otherwise.
    ///
    /// ```
    /// # fn f(settings: &sapi_stock::approvals::Settings) { println!("{}", settings.validity()); }
    /// ```
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            per_client: self.max_pending_per_client,
            in_all: self.max_pending,
            max_age: self.max_age,
        }
    }
}

fn minute() -> Duration {
    Duration::from_secs(60)
}

fn month() -> Duration {
    Duration::from_secs(30 * 86_400)
}

fn three() -> usize {
    3
}

fn thousand() -> usize {
    1000
}
