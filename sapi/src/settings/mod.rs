//! The settings of the service: where they come from, what they are called, whether they are sound.
//!
//! Every program of a CA reads them here: `serve`, `explain`, `config` and the tools.

pub(crate) mod checked;
pub(crate) mod environment;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod keys;
pub(crate) mod line;
pub(crate) mod raw;
mod service;
pub(crate) mod sources;
pub(crate) mod values;

pub use error::SettingsError;
pub use service::ServiceSettings;
