//! `RawSettings`: the settings in their file's form, each value of its type.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::values::{self, Listen, LogFormat, Mode};
use crate::certificate::Profile;
use crate::encoding::duration::setting as duration;
use crate::encoding::list;
use crate::request::network::Network;

/// Mirrors the file. Every key but the optional ones has a value, for the defaults are read first.
#[derive(Debug, Deserialize)]
pub(crate) struct RawSettings {
    #[serde(deserialize_with = "values::path")]
    pub(crate) ca_path: PathBuf,
    pub(crate) listen: Listen,
    pub(crate) allow_root: bool,
    pub(crate) socket: RawSocket,
    pub(crate) http: RawHttp,
    pub(crate) signing: RawSigning,
    pub(crate) requests: RawRequests,
    pub(crate) certificate: Profile,
    pub(crate) hooks: RawHooks,
    pub(crate) proxy: RawProxy,
    pub(crate) operator: RawOperator,
    pub(crate) log: RawLog,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawSocket {
    pub(crate) mode: Mode,
    pub(crate) group: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawHttp {
    #[serde(default, deserialize_with = "values::threads")]
    pub(crate) workers: Option<usize>,
    #[serde(deserialize_with = "values::at_least_one")]
    pub(crate) max_body: usize,
    #[serde(with = "duration")]
    pub(crate) header_timeout: Duration,
    #[serde(with = "duration")]
    pub(crate) body_timeout: Duration,
    #[serde(with = "duration")]
    pub(crate) keep_alive: Duration,
    #[serde(deserialize_with = "values::at_least_one")]
    pub(crate) max_in_flight: usize,
    #[serde(deserialize_with = "values::at_least_one")]
    pub(crate) max_connections: usize,
    #[serde(with = "duration")]
    pub(crate) shutdown_timeout: Duration,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawSigning {
    #[serde(default, deserialize_with = "values::threads")]
    pub(crate) threads: Option<usize>,
    #[serde(deserialize_with = "values::at_least_one")]
    pub(crate) queue: usize,
    #[serde(with = "duration")]
    pub(crate) self_test_interval: Duration,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawRequests {
    pub(crate) rsa_min_bits: u32,
    pub(crate) rsa_max_bits: u32,
    #[serde(deserialize_with = "list::list")]
    pub(crate) key_kinds: Vec<String>,
    #[serde(deserialize_with = "values::digests")]
    pub(crate) blocked_keys: Vec<[u8; 32]>,
    #[serde(deserialize_with = "values::at_least_one")]
    pub(crate) max_names: usize,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawHooks {
    #[serde(with = "duration")]
    pub(crate) timeout: Duration,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawProxy {
    #[serde(deserialize_with = "values::uids")]
    pub(crate) trusted_uids: Vec<u32>,
    #[serde(deserialize_with = "values::networks")]
    pub(crate) trusted_networks: Vec<Network>,
    #[serde(default, deserialize_with = "values::path_if_present")]
    pub(crate) client_ca_file: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawOperator {
    pub(crate) listen: Option<Listen>,
    pub(crate) mode: Mode,
    pub(crate) group: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawLog {
    pub(crate) format: LogFormat,
    #[serde(deserialize_with = "values::filter")]
    pub(crate) filter: String,
}
