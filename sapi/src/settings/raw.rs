//! The raw settings, as people write them.

use serde::Deserialize;

use crate::encoding::list::list;

/// Mirrors the file. Every key but the optional ones has a value, because the defaults are read first.
#[derive(Debug, Deserialize)]
pub(crate) struct RawSettings {
    pub(crate) ca_path: String,
    pub(crate) listen: String,
    pub(crate) allow_root: bool,
    pub(crate) socket: RawSocket,
    pub(crate) http: RawHttp,
    pub(crate) signing: RawSigning,
    pub(crate) requests: RawRequests,
    pub(crate) certificate: RawCertificate,
    pub(crate) hooks: RawHooks,
    pub(crate) proxy: RawProxy,
    pub(crate) operator: RawOperator,
    pub(crate) log: RawLog,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawSocket {
    pub(crate) mode: String,
    pub(crate) group: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawHttp {
    pub(crate) workers: Option<usize>,
    pub(crate) max_body: usize,
    pub(crate) header_timeout: String,
    pub(crate) body_timeout: String,
    pub(crate) keep_alive: String,
    pub(crate) max_in_flight: usize,
    pub(crate) max_connections: usize,
    pub(crate) shutdown_timeout: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawSigning {
    pub(crate) threads: Option<usize>,
    pub(crate) queue: usize,
    pub(crate) self_test_interval: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawRequests {
    pub(crate) rsa_min_bits: u32,
    pub(crate) rsa_max_bits: u32,
    #[serde(deserialize_with = "list")]
    pub(crate) key_kinds: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub(crate) blocked_keys: Vec<String>,
    pub(crate) max_names: usize,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawCertificate {
    pub(crate) backdate: String,
    pub(crate) max_validity: Option<String>,
    #[serde(deserialize_with = "list")]
    pub(crate) crl_urls: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub(crate) ocsp_urls: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub(crate) ca_issuer_urls: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawHooks {
    pub(crate) timeout: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawProxy {
    #[serde(deserialize_with = "list")]
    pub(crate) trusted_uids: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub(crate) trusted_networks: Vec<String>,
    pub(crate) client_ca_file: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawOperator {
    pub(crate) listen: Option<String>,
    pub(crate) mode: String,
    pub(crate) group: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawLog {
    pub(crate) format: String,
    pub(crate) filter: String,
}
