//! What a hook is made from.

use serde::de::DeserializeOwned;

use super::sources::Sources;
use crate::hooks::BoxError;

/// What is there when hooks are made: their own tables of the settings.
///
/// ```
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct Settings { file: String }
///
/// struct Members(Settings);
/// impl sapi::SigningHooks for Members {}
///
/// // [hooks.members]
/// // file = "/etc/sapi/members.toml"
/// let app = sapi::App::new().hook_with(|boot| Ok(Members(boot.settings("members")?)));
/// ```
#[derive(Debug)]
pub struct Boot {
    sources: Sources,
}

impl Boot {
    pub(crate) fn new(sources: Sources) -> Self {
        Self { sources }
    }

    /// The table `[hooks.<name>]` of the settings.
    ///
    /// # Errors
    ///
    /// When the table is missing, or does not fit the type; the error names the table and the key.
    ///
    /// ```no_run
    /// # fn f(boot: &sapi::Boot) -> Result<(), sapi::BoxError> {
    /// let settings: std::collections::HashMap<String, String> = boot.settings("members")?;
    /// # Ok(()) }
    /// ```
    pub fn settings<T: DeserializeOwned>(&self, name: &str) -> Result<T, BoxError> {
        let key = format!("hooks.{name}");
        let fault = |error| format!("[{key}]: {error}");
        self.sources
            .get(&key)
            .map_err(|error| fault(error.to_string()).into())
    }

    /// The same table, or `None` where the settings have none: a hook that is switched on by its table.
    ///
    /// # Errors
    ///
    /// When the table does not fit the type; the error names the table and the key.
    ///
    /// ```no_run
    /// # fn f(boot: &sapi::Boot) -> Result<(), sapi::BoxError> {
    /// use sapi::stock::{Approvals, approvals};
    /// let settings: Option<approvals::Settings> = boot.settings_if_present("approvals")?;
    /// let approvals = settings.as_ref().map(Approvals::open).transpose()?;
    /// # Ok(()) }
    /// ```
    pub fn settings_if_present<T: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, BoxError> {
        if self.has_settings(name) {
            self.settings(name).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Whether the settings have a table `[hooks.<name>]`.
    ///
    /// ```no_run
    /// # fn f(boot: &sapi::Boot) { let wanted = boot.has_settings("journal"); }
    /// ```
    #[must_use]
    pub fn has_settings(&self, name: &str) -> bool {
        self.sources
            .get::<config::Value>(&format!("hooks.{name}"))
            .is_ok()
    }
}
