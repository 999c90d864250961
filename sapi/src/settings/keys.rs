//! The keys of the settings, and their defaults.

/// Each key as `table.key`, and its default as TOML. The text is empty for a key without a default.
///
/// This is the only place of the defaults: the settings begin as this table, before any file is read.
pub(crate) const KEYS: &[(&str, &str)] = &[
    ("ca_path", "\"/var/lib/ca\""),
    ("listen", "\"unix:/run/sapi/sapi.sock\""),
    ("allow_root", "false"),
    ("socket.mode", "\"0660\""),
    ("socket.group", ""),
    ("http.workers", ""),
    ("http.max_body", "65536"),
    ("http.header_timeout", "\"5s\""),
    ("http.body_timeout", "\"15s\""),
    ("http.keep_alive", "\"75s\""),
    ("http.max_in_flight", "1024"),
    ("http.max_connections", "25000"),
    ("http.shutdown_timeout", "\"30s\""),
    ("signing.threads", ""),
    ("signing.queue", "1024"),
    ("signing.self_test_interval", "\"30s\""),
    ("requests.rsa_min_bits", "2048"),
    ("requests.rsa_max_bits", "8192"),
    (
        "requests.key_kinds",
        "[\"rsa\", \"ec:p256\", \"ec:p384\", \"ec:p521\", \"ed25519\", \"ml-dsa\"]",
    ),
    ("requests.blocked_keys", "[]"),
    ("requests.max_names", "100"),
    ("certificate.backdate", "\"5m\""),
    ("certificate.max_validity", ""),
    ("certificate.crl_urls", "[]"),
    ("certificate.ocsp_urls", "[]"),
    ("certificate.ca_issuer_urls", "[]"),
    ("hooks.timeout", "\"10s\""),
    ("proxy.trusted_uids", "[]"),
    ("proxy.trusted_networks", "[]"),
    ("proxy.client_ca_file", ""),
    ("operator.listen", ""),
    ("operator.mode", "\"0660\""),
    ("operator.group", ""),
    ("log.format", "\"auto\""),
    ("log.filter", "\"info\""),
];

/// Writes the defaults as a TOML document.
pub(crate) fn defaults() -> String {
    let set = KEYS.iter().filter(|(_, default)| !default.is_empty());
    set.map(|(key, default)| format!("{key} = {default}\n"))
        .collect()
}

/// Returns the known key that is most similar to an unknown one, or `None` if no key is similar.
pub(crate) fn nearest(unknown: &str) -> Option<&'static str> {
    let likeness = |key: &str| strsim::jaro_winkler(unknown, key);
    let best = KEYS
        .iter()
        .map(|(key, _)| (*key, likeness(key)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (best.1 > 0.8).then_some(best.0)
}
