//! The bodies of the fuzz targets. They stand here so that ordinary tests run them too, over the
//! seeds and over everything that was ever found (`tests/findings/`).

pub mod key_policy;
pub mod problem;
pub mod proxy;
pub mod request;
pub mod road;
pub mod settings;

/// A target.
#[derive(Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// What it does with an input; it panics at a finding.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

macro_rules! targets {
    ($($name:ident),*) => {
        [$(Target { name: stringify!($name), run: $name::run, seeds: $name::seeds }),*]
    };
}

/// All of them.
pub const TARGETS: [Target; 6] = targets![request, key_policy, road, proxy, settings, problem];
