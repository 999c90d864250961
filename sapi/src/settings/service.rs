//! `ServiceSettings`: the service's settings for the programs beside it.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::checked::Settings;
use super::error::SettingsError;
use super::sources::Sources;
use crate::certificate::Profile;

/// The settings of the service, as the service itself reads them: defaults, file, environment. A tool that
/// reads them here gets the same answer for every value, and the same error.
///
/// ```no_run
/// let settings = sapi::ServiceSettings::read(None)?;
/// println!("{}", settings.ca_path().display());
/// # Ok::<(), sapi::SettingsError>(())
/// ```
#[derive(Debug)]
pub struct ServiceSettings {
    sources: Sources,
    checked: Settings,
}

impl ServiceSettings {
    /// Reads and checks them. Without a path the file is `/etc/sapi/sapi.toml`, which may be missing.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the key and the file with its line, or the variable.
    ///
    /// ```no_run
    /// let settings = sapi::ServiceSettings::read(Some("sapi.dev.toml".as_ref()))?;
    /// # Ok::<(), sapi::SettingsError>(())
    /// ```
    pub fn read(path: Option<&Path>) -> Result<Self, SettingsError> {
        let sources = Sources::read(path, &[])?;
        let checked = Settings::check(&sources)?;
        Ok(Self { sources, checked })
    }

    /// The directory of the CA's identity.
    ///
    /// ```no_run
    /// # fn f(settings: &sapi::ServiceSettings) { println!("{:?}", settings.ca_path()); }
    /// ```
    #[must_use]
    pub fn ca_path(&self) -> &Path {
        &self.checked.ca_path
    }

    /// What every certificate has in common: the table `[certificate]`.
    ///
    /// ```no_run
    /// # fn f(settings: &sapi::ServiceSettings) { println!("{:?}", settings.profile()); }
    /// ```
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.checked.profile
    }

    /// The table `[hooks.<name>]`, if there is one.
    ///
    /// # Errors
    ///
    /// When the table does not fit the type; the error names the table, the key and the line.
    ///
    /// ```no_run
    /// # fn f(settings: &sapi::ServiceSettings) -> Result<(), sapi::SettingsError> {
    /// let members: Option<std::collections::HashMap<String, String>> = settings.hook("members")?;
    /// # Ok(()) }
    /// ```
    pub fn hook<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, SettingsError> {
        self.sources.hook(name)
    }
}
