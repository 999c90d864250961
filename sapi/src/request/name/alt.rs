//! Alternative names: the hosts, addresses, mailboxes and URIs that a certificate vouches for.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::str::FromStr;

use crate::encoding::text::serde_as_text;

use super::rules::{Wildcard, check_dns, check_email, check_uri};

/// One subject alternative name (RFC 5280 section 4.2.1.6).
///
/// Two names are equal when they mean the same. The case of a host name does not count, in a DNS
/// name or after the `@` of an email address. With serde it is the text of `Display`.
///
/// ```
/// use sapi::AltName;
///
/// let name: AltName = "DNS:www.example.com".parse()?;
/// assert_eq!(name, AltName::Dns("WWW.example.com".into()));
/// assert_eq!(name.to_string(), "DNS:www.example.com");
/// assert!(AltName::Dns("-www.example.com".into()).check().is_err());
/// # Ok::<(), sapi::NameError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AltName {
    /// A host name: `www.example.com`. Its whole first label may be `*`.
    Dns(String),
    /// An IPv4 or IPv6 address.
    Ip(IpAddr),
    /// A mailbox: `ops@example.com` (an rfc822Name).
    Email(String),
    /// A uniform resource identifier: `spiffe://example.com/web`.
    Uri(String),
}

impl AltName {
    /// Checks the form of the name. The rules are the same for what a request asks and a hook grants.
    ///
    /// # Errors
    ///
    /// [`NameError`] says which name broke which rule: RFC 1123 section 2.1 and RFC 5890 for host
    /// names (ASCII letters, digits, `-` and `_` in labels of 1 to 63, at most 253 in all, `*` only
    /// as the whole first label, no address written as a name), RFC 5321 for mailboxes, RFC 3986
    /// for URIs (absolute, printable ASCII).
    ///
    /// ```
    /// use sapi::AltName;
    ///
    /// assert!(AltName::Dns("*.example.com".into()).check().is_ok());
    /// assert!(AltName::Dns("w*.example.com".into()).check().is_err());
    /// ```
    pub fn check(&self) -> Result<(), NameError> {
        let verdict = match self {
            Self::Dns(name) => check_dns(name, Wildcard::Allowed),
            Self::Ip(_) => Ok(()),
            Self::Email(mailbox) => check_email(mailbox),
            Self::Uri(uri) => check_uri(uri),
        };
        verdict.map_err(|rule| NameError::new(&self.to_string(), rule))
    }

    /// The name without its kind: `www.example.com`.
    ///
    /// ```
    /// assert_eq!(sapi::AltName::Dns("a.example".into()).value(), "a.example");
    /// ```
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Self::Dns(text) | Self::Email(text) | Self::Uri(text) => text.clone(),
            Self::Ip(address) => address.to_string(),
        }
    }

    /// What equality compares: the kind, the part without case, the part with case.
    fn canonical(&self) -> (u8, String, &str) {
        match self {
            Self::Dns(name) => (2, name.to_ascii_lowercase(), ""),
            Self::Ip(address) => (7, address.to_string(), ""),
            Self::Email(mailbox) => match mailbox.rsplit_once('@') {
                Some((local, host)) => (1, host.to_ascii_lowercase(), local),
                None => (1, String::new(), mailbox),
            },
            Self::Uri(uri) => (6, String::new(), uri),
        }
    }
}

impl PartialEq for AltName {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dns(a), Self::Dns(b)) => a.eq_ignore_ascii_case(b),
            (Self::Ip(a), Self::Ip(b)) => a == b,
            _ => self.canonical() == other.canonical(),
        }
    }
}

impl Eq for AltName {}

impl Hash for AltName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}

/// Writes `DNS:`, `IP:`, `email:` or `URI:` and the value, as OpenSSL does.
impl fmt::Display for AltName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS:{name}"),
            Self::Ip(address) => write!(f, "IP:{address}"),
            Self::Email(mailbox) => write!(f, "email:{mailbox}"),
            Self::Uri(uri) => write!(f, "URI:{uri}"),
        }
    }
}

/// Reads what `Display` writes. The kind may be in any case.
impl FromStr for AltName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let unknown = || NameError::new(text, "does not begin with DNS:, IP:, email: or URI:");
        let (kind, value) = text.split_once(':').ok_or_else(unknown)?;
        let name = match kind.to_ascii_lowercase().as_str() {
            "dns" => Self::Dns(value.into()),
            "ip" => Self::Ip(
                value
                    .parse()
                    .map_err(|_| NameError::new(text, "is not an IPv4 or IPv6 address"))?,
            ),
            "email" => Self::Email(value.into()),
            "uri" => Self::Uri(value.into()),
            _ => return Err(unknown()),
        };
        name.check()?;
        Ok(name)
    }
}

serde_as_text!(AltName);

/// A name breaks a rule of its kind.
///
/// ```
/// let error = "DNS:a..b".parse::<sapi::AltName>().unwrap_err();
/// assert_eq!(error.to_string(), "name \"DNS:a..b\": has an empty label");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("name {name:?}: {rule}")]
pub struct NameError {
    name: String,
    rule: &'static str,
}

impl NameError {
    /// Cuts the name to 80 characters, because a client may send a very long one.
    pub(crate) fn new(name: &str, rule: &'static str) -> Self {
        Self {
            name: name.chars().take(80).collect(),
            rule,
        }
    }
}

#[cfg(test)]
mod tests;
