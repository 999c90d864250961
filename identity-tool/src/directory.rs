//! The option that names the CA's directory.

use std::path::PathBuf;

use clap::Args;

/// The directory of the identity.
#[derive(Args, Clone, Debug)]
pub(crate) struct CaDirectory {
    /// The CA's directory
    #[arg(
        long,
        value_name = "DIR",
        env = "SAPI_CA_PATH",
        default_value = "/var/lib/ca"
    )]
    pub(crate) ca_path: PathBuf,
}
