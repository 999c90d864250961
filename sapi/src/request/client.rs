//! The client identifier: the name that a client gives itself.

use std::fmt;
use std::str::FromStr;

/// A client's identifier: 1 to 64 ASCII letters and digits, as in the path `/api/csr/<client>`.
///
/// Only the hooks vouch for it: a program that reaches the socket may claim any identifier.
///
/// ```
/// use sapi::ClientId;
///
/// let client: ClientId = "web01".parse()?;
/// assert_eq!(client, "web01");
/// assert!("web-01".parse::<ClientId>().is_err());
/// # Ok::<(), sapi::InvalidClientId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "client_hash")]
pub struct ClientId(Box<str>);

impl ClientId {
    /// The longest identifier, in characters.
    pub const MAX_LEN: usize = 64;

    /// The identifier as text.
    ///
    /// ```
    /// # let client: sapi::ClientId = "web01".parse().unwrap();
    /// assert_eq!(client.as_str(), "web01");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = InvalidClientId;

    fn from_str(text: &str) -> Result<Self, InvalidClientId> {
        let length = 1..=Self::MAX_LEN;
        if length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidClientId(()))
        }
    }
}

impl AsRef<str> for ClientId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Lets a hook compare it with a text: `cx.client() == "web01"`.
impl PartialEq<str> for ClientId {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for ClientId {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A client identifier is not 1 to 64 ASCII letters and digits.
///
/// ```
/// let error = "".parse::<sapi::ClientId>().unwrap_err();
/// assert_eq!(error.to_string(), "a client identifier is 1 to 64 letters and digits (A-Z, a-z, 0-9)");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("a client identifier is 1 to 64 letters and digits (A-Z, a-z, 0-9)")]
pub struct InvalidClientId(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_only() {
        for good in ["a", "Z9", &"x".repeat(64)] {
            assert!(good.parse::<ClientId>().is_ok(), "{good}");
        }
        for bad in ["", "a-b", "a b", "é", "a\0", "a/b", ".", &"x".repeat(65)] {
            assert!(bad.parse::<ClientId>().is_err(), "{bad:?}");
        }
    }
}
