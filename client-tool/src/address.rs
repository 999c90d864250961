//! The address of a certificate authority's service.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The address of a service: over TLS, over loopback TCP, or over a unix socket.
///
/// ```
/// use sapi_client::Address;
///
/// assert!("https://ca.example.com".parse::<Address>().is_ok());
/// assert!("http://127.0.0.1:8080".parse::<Address>().is_ok());
/// assert!("unix:/run/sapi/sapi.sock".parse::<Address>().is_ok());
/// // Plain HTTP leaves the machine unprotected: nobody would know who answered.
/// assert!("http://ca.example.com".parse::<Address>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(crate) way: Way,
    /// The path before `/api/csr/`: empty, or `/prefix`.
    pub(crate) prefix: String,
    text: String,
}

/// The kind of connection, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Tls { host: String, port: u16 },
    Loopback { host: String, port: u16 },
    Unix { socket: String },
}

impl Address {
    /// Whether TLS protects the connection, so that the server must be verified.
    ///
    /// ```
    /// # use sapi_client::Address;
    /// assert!("https://ca.example.com".parse::<Address>().unwrap().is_tls());
    /// ```
    #[must_use]
    pub fn is_tls(&self) -> bool {
        matches!(self.way, Way::Tls { .. })
    }

    /// The value of the header `Host`.
    pub(crate) fn host_header(&self) -> String {
        let (host, port, usual) = match &self.way {
            Way::Tls { host, port } => (host, *port, 443),
            Way::Loopback { host, port } => (host, *port, 80),
            Way::Unix { .. } => return "localhost".into(),
        };
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.clone()
        };
        if port == usual {
            host
        } else {
            format!("{host}:{port}")
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim_end_matches('/');
        let error = |what| AddressError {
            text: text.chars().take(80).collect(),
            what,
        };
        if let Some(socket) = text.strip_prefix("unix:") {
            if !socket.starts_with('/') || socket.contains('\0') {
                return Err(error("the path of a socket begins with /"));
            }
            return Ok(Self {
                way: Way::Unix {
                    socket: socket.into(),
                },
                prefix: String::new(),
                text: text.into(),
            });
        }
        let (tls, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => {
                return Err(error(
                    "write https://host, http://127.0.0.1:port or unix:/path",
                ));
            }
        };
        let (authority, prefix) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        if !prefix.bytes().all(allowed_in_path) {
            return Err(error(
                "the path may contain only letters, digits and - . _ ~ /",
            ));
        }
        let (host, port) =
            split_port(authority).ok_or_else(|| error("the host or the port is malformed"))?;
        let port = port.unwrap_or(if tls { 443 } else { 80 });
        let way = if tls {
            Way::Tls { host, port }
        } else if is_loopback(&host) {
            Way::Loopback { host, port }
        } else {
            return Err(error(
                "plain http is for loopback addresses only; use https",
            ));
        };
        Ok(Self {
            way,
            prefix: prefix.into(),
            text: text.into(),
        })
    }
}

fn allowed_in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`.
fn split_port(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        let IpAddr::V6(_) = host.parse().ok()? else {
            return None;
        };
        (host, after)
    } else {
        let colon = authority.find(':').unwrap_or(authority.len());
        let (host, after) = authority.split_at(colon);
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if host.is_empty() || host.len() > 253 || !host.bytes().all(good) {
            return None;
        }
        (host, after)
    };
    let port = match after_colon(port)? {
        "" => None,
        digits => Some(digits.parse().ok().filter(|port| *port > 0)?),
    };
    Some((host.to_ascii_lowercase(), port))
}

fn after_colon(text: &str) -> Option<&str> {
    match text.strip_prefix(':') {
        Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits),
        Some(_) => None,
        None => text.is_empty().then_some(""),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a text is not the address of a service.
///
/// ```
/// let error = "ca.example.com".parse::<sapi_client::Address>().unwrap_err();
/// assert!(error.to_string().contains("write https://host"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError {
    text: String,
    what: &'static str,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not the address of a service: {}",
            self.text, self.what
        )
    }
}

impl std::error::Error for AddressError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_ports_and_prefixes() {
        for (text, host) in [
            ("https://ca.example.com", "ca.example.com"),
            ("https://CA.example.com:8443/", "ca.example.com:8443"),
            ("https://192.0.2.1/pki/one/", "192.0.2.1"),
            ("https://[2001:db8::1]:444", "[2001:db8::1]:444"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://[::1]:8080", "[::1]:8080"),
            ("http://localhost", "localhost"),
            ("unix:/run/sapi/sapi.sock", "localhost"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.host_header(), host, "{text}");
        }
        let address: Address = "https://a/pki/".parse().unwrap();
        assert_eq!(address.prefix, "/pki");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "ca",
            "ftp://ca",
            "https://",
            "https://:443",
            "https://a:",
            "https://a:0",
            "https://a:99999",
            "https://a:+1",
            "https://user@a",
            "https://a/?x",
            "https://a/#x",
            "https://a b",
            "https://a/\r\nX: y",
            "https://[::1",
            "https://[a]",
            "http://192.0.2.1",
            "http://localhost.example.com",
            "unix:sapi.sock",
            "HTTPS://a",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }
}
