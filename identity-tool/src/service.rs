//! The option that says where the service's settings are.

use std::path::{Path, PathBuf};

use clap::Args;
use sapi::ServiceSettings;
use sapi_tools::exit::{CONFIG, Failure};
use serde::de::DeserializeOwned;

/// The option that says where the settings are.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServiceOptions {
    /// The settings of the service
    #[arg(long, value_name = "FILE", default_value = DEFAULT)]
    config: PathBuf,
}

impl ServiceOptions {
    /// Reads the settings. The default file may be missing; then the options must say where everything is.
    pub(crate) fn read(&self) -> Result<Service, Failure> {
        let named = self.config != Path::new(DEFAULT);
        let settings = ServiceSettings::read(named.then_some(self.config.as_path()));
        settings
            .map(Service)
            .map_err(|error| Failure::new(CONFIG, error))
    }
}

/// The settings of the service, as the service itself reads them.
#[derive(Debug)]
pub(crate) struct Service(pub(crate) ServiceSettings);

impl Service {
    /// The table of a hook, if the settings have it.
    pub(crate) fn hook<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Failure> {
        self.0
            .hook(name)
            .map_err(|error| Failure::new(CONFIG, error))
    }
}

const DEFAULT: &str = "/etc/sapi/sapi.toml";
