//! `Settings`: the settings as the program runs on them, checked once.

use std::path::PathBuf;
use std::time::Duration;

use super::error::SettingsError;
use super::raw::{RawHttp, RawOperator, RawRequests, RawSettings};
use super::sources::Sources;
use super::values::{Listen, LogFormat};
use crate::certificate::Profile;
use crate::request::RequestPolicy;
use crate::request::network::Network;

/// Checked settings. Only [`Settings::check`] makes them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub(crate) struct Settings {
    pub(crate) ca_path: PathBuf,
    pub(crate) listen: Listen,
    pub(crate) allow_root: bool,
    pub(crate) socket_mode: u32,
    pub(crate) socket_group: Option<String>,
    pub(crate) http: Http,
    pub(crate) signing_threads: usize,
    pub(crate) signing_queue: usize,
    pub(crate) self_test_interval: Duration,
    pub(crate) requests: RequestPolicy,
    pub(crate) profile: Profile,
    pub(crate) hook_timeout: Duration,
    pub(crate) proxy: Proxy,
    pub(crate) operator: Option<Operator>,
    pub(crate) log_format: LogFormat,
    pub(crate) log_filter: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Http {
    pub(crate) workers: usize,
    pub(crate) max_body: usize,
    pub(crate) header_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) keep_alive: Duration,
    pub(crate) max_in_flight: usize,
    pub(crate) max_connections: usize,
    pub(crate) shutdown_timeout: Duration,
}

/// Whose headers are believed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxy {
    pub(crate) uids: Vec<u32>,
    pub(crate) networks: Vec<Network>,
    pub(crate) client_ca_file: Option<PathBuf>,
}

/// The operator's own socket.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(crate) listen: Listen,
    pub(crate) mode: u32,
    pub(crate) group: Option<String>,
}

impl Settings {
    /// Checks every value. An error names the key, and where its value comes from.
    pub(crate) fn check(sources: &Sources) -> Result<Self, SettingsError> {
        Self::check_values(sources).map_err(|error| {
            let keys = error.key().unwrap_or_default().split(", ");
            let origin = keys.map(|key| sources.origin(key)).find(Option::is_some);
            error.from(origin.flatten())
        })
    }

    fn check_values(sources: &Sources) -> Result<Self, SettingsError> {
        let raw: RawSettings = sources.all()?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            ca_path: raw.ca_path,
            listen: raw.listen,
            allow_root: raw.allow_root,
            socket_mode: raw.socket.mode.0,
            socket_group: raw.socket.group,
            http: http(&raw.http, cores),
            signing_threads: raw.signing.threads.unwrap_or(cores),
            signing_queue: raw.signing.queue,
            self_test_interval: raw.signing.self_test_interval,
            requests: requests(raw.requests)?,
            profile: raw.certificate,
            hook_timeout: raw.hooks.timeout,
            proxy: Proxy {
                uids: raw.proxy.trusted_uids,
                networks: raw.proxy.trusted_networks,
                client_ca_file: raw.proxy.client_ca_file,
            },
            operator: operator(raw.operator)?,
            log_format: raw.log.format,
            log_filter: raw.log.filter,
        })
    }
}

fn http(raw: &RawHttp, cores: usize) -> Http {
    Http {
        workers: raw.workers.unwrap_or(cores),
        max_body: raw.max_body,
        header_timeout: raw.header_timeout,
        body_timeout: raw.body_timeout,
        keep_alive: raw.keep_alive,
        max_in_flight: raw.max_in_flight,
        max_connections: raw.max_connections,
        shutdown_timeout: raw.shutdown_timeout,
    }
}

fn requests(raw: RawRequests) -> Result<RequestPolicy, SettingsError> {
    const KEY_KINDS: &str = "requests.key_kinds";
    if raw.key_kinds.is_empty() {
        let what = "is empty: every key would be refused";
        return Err(SettingsError::of(KEY_KINDS, what));
    }
    RequestPolicy::default()
        .with_rsa_bits(raw.rsa_min_bits, raw.rsa_max_bits)
        .map_err(|error| SettingsError::of("requests.rsa_min_bits, requests.rsa_max_bits", error))?
        .with_blocked_keys(raw.blocked_keys)
        .with_max_names(raw.max_names)
        .with_key_kinds(raw.key_kinds.iter().map(String::as_str))
        .map_err(|unknown| SettingsError::of(KEY_KINDS, unknown))
}

fn operator(raw: RawOperator) -> Result<Option<Operator>, SettingsError> {
    let Some(listen) = raw.listen else {
        return Ok(None);
    };
    match listen {
        // Nobody is asked for a password there.
        Listen::Tcp(address) if !address.ip().is_loopback() => Err(SettingsError::of(
            "operator.listen",
            "is not on loopback; use 127.0.0.1, [::1] or a unix socket",
        )),
        _ => Ok(Some(Operator {
            listen,
            mode: raw.mode.0,
            group: raw.group,
        })),
    }
}
