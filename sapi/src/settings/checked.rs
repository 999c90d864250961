//! The checked settings, on which the program runs. They are checked once, when they are read.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::raw::RawSettings;
use super::sources::{SettingsError, Sources};
use crate::certificate::{Profile, Validity};
use crate::request::network::Network;
use crate::request::{AltName, RequestPolicy, RsaPolicy};
use crate::server::process::log;

/// Checked settings.
#[derive(Clone, Debug)]
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

/// Where the public endpoint listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listen {
    Unix(PathBuf),
    Tcp(SocketAddr),
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

/// The proxies whose headers are believed.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Auto,
    Text,
    Json,
}

impl Settings {
    /// Checks every value. An error names the key, and where its value comes from.
    pub(crate) fn check(sources: &Sources) -> Result<Self, SettingsError> {
        Self::check_values(sources).map_err(|error| error.located(sources))
    }

    fn check_values(sources: &Sources) -> Result<Self, SettingsError> {
        let raw: RawSettings = sources.all()?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            listen: listen("listen", &raw.listen)?,
            allow_root: raw.allow_root,
            socket_mode: mode(sources, "socket.mode", &raw.socket.mode)?,
            socket_group: raw.socket.group.clone(),
            http: http(&raw, cores)?,
            signing_threads: threads("signing.threads", raw.signing.threads.unwrap_or(cores))?,
            signing_queue: at_least_one("signing.queue", raw.signing.queue)?,
            self_test_interval: duration(
                "signing.self_test_interval",
                &raw.signing.self_test_interval,
            )?,
            requests: requests(&raw)?,
            profile: profile(&raw)?,
            hook_timeout: duration("hooks.timeout", &raw.hooks.timeout)?,
            proxy: proxy(&raw)?,
            operator: operator(sources, &raw)?,
            log_format: log_format(&raw.log.format)?,
            log_filter: log::checked_filter(raw.log.filter)?,
            ca_path: not_empty("ca_path", raw.ca_path)?.into(),
        })
    }
}

fn listen(key: &str, text: &str) -> Result<Listen, SettingsError> {
    match text.strip_prefix("unix:") {
        Some(path) if path.starts_with('/') => Ok(Listen::Unix(path.into())),
        Some(_) => Err(wrong(key, "the path after unix: is not absolute")),
        None => text.parse().map(Listen::Tcp).map_err(|_| {
            wrong(
                key,
                "is neither unix:/path nor address:port, such as 127.0.0.1:8080",
            )
        }),
    }
}

/// Reads a mode, which must be a text. TOML's own octal numbers lose their zero: 0o660 would become 432.
fn mode(sources: &Sources, key: &str, text: &str) -> Result<u32, SettingsError> {
    if !sources.is_text(key) {
        return Err(wrong(key, "is not in quotes: write \"0660\""));
    }
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode <= 0o777 => Ok(mode),
        _ => Err(wrong(key, "is not an octal mode such as \"0660\"")),
    }
}

fn http(raw: &RawSettings, cores: usize) -> Result<Http, SettingsError> {
    let http = &raw.http;
    Ok(Http {
        workers: threads("http.workers", http.workers.unwrap_or(cores))?,
        max_body: at_least_one("http.max_body", http.max_body)?,
        header_timeout: duration("http.header_timeout", &http.header_timeout)?,
        body_timeout: duration("http.body_timeout", &http.body_timeout)?,
        keep_alive: duration("http.keep_alive", &http.keep_alive)?,
        max_in_flight: at_least_one("http.max_in_flight", http.max_in_flight)?,
        max_connections: at_least_one("http.max_connections", http.max_connections)?,
        shutdown_timeout: duration("http.shutdown_timeout", &http.shutdown_timeout)?,
    })
}

fn requests(raw: &RawSettings) -> Result<RequestPolicy, SettingsError> {
    let requests = &raw.requests;
    let rsa = RsaPolicy::new(requests.rsa_min_bits, requests.rsa_max_bits).map_err(|error| {
        wrong(
            "requests.rsa_min_bits, requests.rsa_max_bits",
            &error.to_string(),
        )
    })?;
    let mut blocked = Vec::new();
    for digest in &requests.blocked_keys {
        blocked.push(sha256(digest).ok_or_else(|| {
            wrong(
                "requests.blocked_keys",
                &format!("{digest:?} is not 64 hexadecimal digits"),
            )
        })?);
    }
    if requests.key_kinds.is_empty() {
        return Err(wrong(
            "requests.key_kinds",
            "is empty: every key would be refused",
        ));
    }
    let policy = RequestPolicy::default()
        .with_rsa(rsa)
        .with_blocked_keys(blocked)
        .with_max_names(at_least_one("requests.max_names", requests.max_names)?);
    policy
        .with_key_kinds(requests.key_kinds.iter().map(String::as_str))
        .map_err(|unknown| wrong("requests.key_kinds", &unknown.to_string()))
}

fn profile(raw: &RawSettings) -> Result<Profile, SettingsError> {
    let certificate = &raw.certificate;
    let urls = |key: &str, urls: &[String]| -> Result<Vec<String>, SettingsError> {
        for url in urls {
            AltName::Uri(url.clone())
                .check()
                .map_err(|error| wrong(key, &error.to_string()))?;
        }
        Ok(urls.to_vec())
    };
    let mut profile = Profile::default()
        .with_backdate(match certificate.backdate.as_str() {
            "0" | "0s" => Duration::ZERO,
            text => duration("certificate.backdate", text)?,
        })
        .with_crl_urls(urls("certificate.crl_urls", &certificate.crl_urls)?)
        .with_ocsp_urls(urls("certificate.ocsp_urls", &certificate.ocsp_urls)?)
        .with_ca_issuer_urls(urls(
            "certificate.ca_issuer_urls",
            &certificate.ca_issuer_urls,
        )?);
    if let Some(longest) = &certificate.max_validity {
        let longest: Validity = longest
            .parse()
            .map_err(|error| wrong("certificate.max_validity", &format!("{error}")))?;
        profile = profile.with_max_validity(longest);
    }
    Ok(profile)
}

fn proxy(raw: &RawSettings) -> Result<Proxy, SettingsError> {
    let mut proxy = Proxy {
        client_ca_file: match &raw.proxy.client_ca_file {
            Some(file) => Some(not_empty("proxy.client_ca_file", file.clone())?.into()),
            None => None,
        },
        ..Proxy::default()
    };
    for uid in &raw.proxy.trusted_uids {
        let uid = uid
            .parse()
            .map_err(|_| wrong("proxy.trusted_uids", &format!("{uid:?} is not a user id")))?;
        proxy.uids.push(uid);
    }
    for network in &raw.proxy.trusted_networks {
        let network = Network::parse(network).ok_or_else(|| {
            wrong(
                "proxy.trusted_networks",
                &format!("{network:?} is not a network such as 10.0.0.0/8"),
            )
        })?;
        proxy.networks.push(network);
    }
    Ok(proxy)
}

fn operator(sources: &Sources, raw: &RawSettings) -> Result<Option<Operator>, SettingsError> {
    let operator = &raw.operator;
    let mode = mode(sources, "operator.mode", &operator.mode)?;
    let Some(text) = &operator.listen else {
        return Ok(None);
    };
    let listen = listen("operator.listen", text)?;
    match listen {
        // This socket does not ask for a password.
        Listen::Tcp(address) if !address.ip().is_loopback() => Err(wrong(
            "operator.listen",
            "is not on loopback; take 127.0.0.1, [::1] or a unix socket",
        )),
        _ => Ok(Some(Operator {
            listen,
            mode,
            group: operator.group.clone(),
        })),
    }
}

fn log_format(text: &str) -> Result<LogFormat, SettingsError> {
    match text {
        "auto" => Ok(LogFormat::Auto),
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(wrong("log.format", "is not auto, text or json")),
    }
}

/// Reads a duration. It is written like a validity, but it always needs a unit.
fn duration(key: &str, text: &str) -> Result<Duration, SettingsError> {
    let invalid = || {
        wrong(
            key,
            &format!("{text:?} is not a duration such as 10s, 500ms or 5m"),
        )
    };
    if let Some(number) = text.strip_suffix("ms") {
        let number: u64 = number.parse().map_err(|_| invalid())?;
        return match number {
            0 => Err(invalid()),
            number => Ok(Duration::from_millis(number)),
        };
    }
    if text.ends_with(|c: char| c.is_ascii_digit()) {
        return Err(invalid());
    }
    let validity: Validity = text.parse().map_err(|_| invalid())?;
    match validity.duration() {
        // A longer time is a slip, and some clocks would overflow.
        duration if duration > YEAR => Err(wrong(key, "is longer than a year")),
        duration => Ok(duration),
    }
}

fn sha256(hex: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (place, octet) in digest.iter_mut().enumerate() {
        *octet = u8::from_str_radix(hex.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(digest)
}

fn at_least_one(key: &str, number: usize) -> Result<usize, SettingsError> {
    match number {
        0 => Err(wrong(key, "must be at least 1")),
        number => Ok(number),
    }
}

fn threads(key: &str, number: usize) -> Result<usize, SettingsError> {
    match at_least_one(key, number)? {
        1..=1024 => Ok(number),
        _ => Err(wrong(key, "must be at most 1024")),
    }
}

fn not_empty(key: &str, text: String) -> Result<String, SettingsError> {
    if text.is_empty() {
        return Err(wrong(key, "is empty"));
    }
    Ok(text)
}

const YEAR: Duration = Duration::from_secs(366 * 86_400);

fn wrong(key: &str, what: &str) -> SettingsError {
    SettingsError(format!("{key}: {what}"))
}
