//! What the tools need to know of the service's own settings, so that nobody has to say it twice.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use sapi::{Profile, Validity};
use sapi_tools::exit::{CONFIG, Failure};
use serde::Deserialize;

/// The option that says where the settings are.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServiceOptions {
    /// The service's settings, which say where everything is
    #[arg(long, value_name = "FILE", default_value = "/etc/sapi/sapi.toml")]
    config: PathBuf,
}

/// The keys of `sapi.toml` that concern the tools; all others are the service's business.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Service {
    pub(crate) ca_path: Option<PathBuf>,
    #[serde(default)]
    certificate: Certificate,
    #[serde(default)]
    pub(crate) hooks: Hooks,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Hooks {
    pub(crate) approvals: Option<Approvals>,
    pub(crate) journal: Option<Journal>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Approvals {
    pub(crate) folder: PathBuf,
    pub(crate) validity: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Journal {
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
struct Certificate {
    backdate: Option<String>,
    max_validity: Option<String>,
    #[serde(default)]
    crl_urls: Vec<String>,
    #[serde(default)]
    ocsp_urls: Vec<String>,
    #[serde(default)]
    ca_issuer_urls: Vec<String>,
}

impl ServiceOptions {
    /// Reads the settings; without the file everything must be said by options.
    pub(crate) fn read(&self) -> Result<Service, Failure> {
        let fault =
            |what: String| Failure::new(CONFIG, format!("{}: {what}", self.config.display()));
        match fs::read_to_string(&self.config) {
            Ok(text) => toml::from_str(&text).map_err(|error| fault(error.to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.is_default() => {
                Ok(Service::default())
            }
            Err(error) => Err(fault(error.to_string())),
        }
    }

    fn is_default(&self) -> bool {
        self.config == Path::new("/etc/sapi/sapi.toml")
    }
}

impl Service {
    /// What every certificate is like.
    pub(crate) fn profile(&self) -> Result<Profile, Failure> {
        let table = &self.certificate;
        let mut profile = Profile::default()
            .with_crl_urls(&table.crl_urls)
            .with_ocsp_urls(&table.ocsp_urls)
            .with_ca_issuer_urls(&table.ca_issuer_urls);
        if let Some(backdate) = &table.backdate {
            // None at all is no validity.
            let length = match backdate.trim_end_matches(char::is_alphabetic) {
                "0" => Duration::ZERO,
                _ => validity("certificate.backdate", backdate)?.duration(),
            };
            profile = profile.with_backdate(length);
        }
        if let Some(longest) = &table.max_validity {
            profile = profile.with_max_validity(validity("certificate.max_validity", longest)?);
        }
        Ok(profile)
    }
}

/// A validity of the settings.
pub(crate) fn validity(key: &str, text: &str) -> Result<Validity, Failure> {
    text.parse()
        .map_err(|error| Failure::new(CONFIG, format!("{key}: {error}")))
}
