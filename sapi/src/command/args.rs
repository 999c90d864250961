//! The options that several subcommands share.

use std::path::PathBuf;

use clap::Args;

use crate::identity::PassphraseSources;
use crate::server::error::StartFault;
use crate::settings::sources::Sources;

/// Which settings, and which passphrase.
#[derive(Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
}

/// Where settings come from, and the settings that are most often set by hand.
#[derive(Args)]
pub(crate) struct SettingsArgs {
    /// The settings file [default: /etc/sapi/sapi.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the CA's identity (overrides ca_path)
    #[arg(long, value_name = "FOLDER")]
    ca_path: Option<String>,
    /// Where to listen: unix:/path or 127.0.0.1:8080 (overrides listen)
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

impl SettingsArgs {
    pub(crate) fn read(&self) -> Result<Sources, StartFault> {
        self.read_with(None)
    }

    /// Reads the settings with one more key, which a flag sets.
    pub(crate) fn read_with(
        &self,
        more: Option<(&'static str, String)>,
    ) -> Result<Sources, StartFault> {
        let flags = [("ca_path", &self.ca_path), ("listen", &self.listen)];
        let given: Vec<_> = flags
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.clone()?)))
            .chain(more)
            .collect();
        Ok(Sources::read(self.config.as_deref(), &given)?)
    }
}

/// Where the passphrase comes from.
#[derive(Args)]
pub(crate) struct PassphraseArgs {
    /// Read the CA's passphrase from this open file descriptor
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<i32>,
    /// Read the CA's passphrase from this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseArgs {
    pub(crate) fn sources(&self) -> PassphraseSources {
        PassphraseSources {
            fd: self.passphrase_fd,
            file: self.passphrase_file.clone(),
        }
    }
}
