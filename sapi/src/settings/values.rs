//! The forms of values that settings have and nothing else does.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use tracing_subscriber::EnvFilter;

use crate::encoding::hex::octets;
use crate::encoding::list;
use crate::request::network::Network;

/// Where a socket listens: `unix:/path` or `address:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listen {
    Unix(PathBuf),
    Tcp(SocketAddr),
}

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        match text.strip_prefix("unix:") {
            Some(path) if path.starts_with('/') => Ok(Self::Unix(path.into())),
            Some(_) => Err(D::Error::custom("the path after unix: is not absolute")),
            None => text.parse().map(Self::Tcp).map_err(|_| {
                D::Error::custom("is neither unix:/path nor address:port, such as 127.0.0.1:8080")
            }),
        }
    }
}

/// The mode of a socket's file. It is a text, for TOML's own octal numbers lose their zero on the way: 0o660
/// would be read as 432.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode(pub(crate) u32);

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Octal;

        impl Visitor<'_> for Octal {
            type Value = Mode;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an octal mode in quotes, such as \"0660\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Mode, E> {
                match u32::from_str_radix(text, 8) {
                    Ok(mode) if mode <= 0o777 => Ok(Mode(mode)),
                    _ => Err(E::custom("is not an octal mode such as \"0660\"")),
                }
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Mode, E> {
                Err(E::custom("is not in quotes: write \"0660\""))
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<Mode, E> {
                self.visit_i64(0)
            }
        }

        from.deserialize_any(Octal)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Auto,
    Text,
    Json,
}

impl<'de> Deserialize<'de> for LogFormat {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match String::deserialize(from)?.as_str() {
            "auto" => Ok(Self::Auto),
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(D::Error::custom("is not auto, text or json")),
        }
    }
}

/// A filter of log lines, as `tracing` has them.
pub(crate) fn filter<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let filter = String::deserialize(from)?;
    match EnvFilter::try_new(&filter) {
        Ok(_) => Ok(filter),
        Err(error) => Err(D::Error::custom(format!("{filter:?}: {error}"))),
    }
}

pub(crate) fn at_least_one<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    match usize::deserialize(from)? {
        0 => Err(D::Error::custom("must be at least 1")),
        number => Ok(number),
    }
}

/// A number of threads. Absent, it is the number of cores.
pub(crate) fn threads<'de, D: Deserializer<'de>>(from: D) -> Result<Option<usize>, D::Error> {
    match at_least_one(from)? {
        number @ 1..=1024 => Ok(Some(number)),
        _ => Err(D::Error::custom("must be at most 1024")),
    }
}

/// A path that is not empty.
pub(crate) fn path<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    let path = String::deserialize(from)?;
    if path.is_empty() {
        return Err(D::Error::custom("is empty"));
    }
    Ok(path.into())
}

pub(crate) fn path_if_present<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<PathBuf>, D::Error> {
    path(from).map(Some)
}

pub(crate) fn uids<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u32>, D::Error> {
    let uid = |uid: String| {
        let parsed = uid.parse();
        parsed.map_err(|_| D::Error::custom(format!("{uid:?} is not a user id")))
    };
    list::list(from)?.into_iter().map(uid).collect()
}

pub(crate) fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Network>, D::Error> {
    let network = |text: String| {
        Network::parse(&text).ok_or_else(|| {
            D::Error::custom(format!("{text:?} is not a network such as 10.0.0.0/8"))
        })
    };
    list::list(from)?.into_iter().map(network).collect()
}

/// SHA-256 digests as 64 hexadecimal digits each.
pub(crate) fn digests<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<[u8; 32]>, D::Error> {
    let digest = |text: String| {
        octets(&text)
            .and_then(|octets| octets.try_into().ok())
            .ok_or_else(|| D::Error::custom(format!("{text:?} is not 64 hexadecimal digits")))
    };
    list::list(from)?.into_iter().map(digest).collect()
}
