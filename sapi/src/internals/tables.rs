//! The tables of the server, for the tests that compare them with documents.

use crate::server::endpoint::problem;
use crate::server::reload;
use crate::settings::keys;

/// Slug and status of every kind of problem.
pub fn problems() -> Vec<(&'static str, u16)> {
    let all = problem::PROBLEMS.iter();
    all.map(|kind| (kind.slug, kind.status)).collect()
}

/// Every key of the settings, its default as TOML, and whether a reload puts it into effect.
pub fn settings_keys() -> Vec<(&'static str, &'static str, bool)> {
    let reloaded = |key: &str| reload::RELOADED.iter().any(|start| key.starts_with(start));
    let all = keys::KEYS.iter();
    all.map(|(key, default)| (*key, *default, reloaded(key)))
        .collect()
}
