//! One rule about names of one kind.

use std::fmt;

use super::uri_pattern::UriPattern;
use crate::request::AltName;
use crate::request::network::Network;

/// What a rule allows. Hosts are in lower case.
#[derive(Clone, Debug)]
pub(super) enum NameRule {
    Exactly(AltName),
    Host(String),
    Under(String),
    Ip(Network, String),
    EmailAt(String),
    Uri(UriPattern),
}

impl NameRule {
    /// Whether the rule allows a name. It allows a wildcard only if it allows every host that it matches.
    pub(super) fn allows(&self, name: &AltName) -> bool {
        match (self, name) {
            (Self::Exactly(allowed), name) => name == allowed,
            (Self::Host(host), AltName::Dns(name)) => name.eq_ignore_ascii_case(host),
            // RFC 9525 section 6.3: a wildcard is one whole label, so every host it matches is below the rest.
            (Self::Under(suffix), AltName::Dns(name)) => {
                let name = name.to_ascii_lowercase();
                is_under(suffix, name.strip_prefix("*.").unwrap_or(&name))
            }
            (Self::Ip(network, _), AltName::Ip(address)) => network.contains(*address),
            (Self::EmailAt(host), AltName::Email(mailbox)) => {
                let own = mailbox.rsplit_once('@').map(|(_, host)| host);
                own.is_some_and(|own| own.eq_ignore_ascii_case(host))
            }
            (Self::Uri(pattern), AltName::Uri(uri)) => pattern.matches(uri),
            _ => false,
        }
    }

    /// Whether the rule is about names of this kind.
    pub(super) fn is_about(&self, name: &AltName) -> bool {
        matches!(
            (self, name),
            (Self::Host(_) | Self::Under(_), AltName::Dns(_))
                | (Self::Ip(..), AltName::Ip(_))
                | (Self::EmailAt(_), AltName::Email(_))
                | (Self::Uri(_), AltName::Uri(_))
        )
    }
}

fn is_under(suffix: &str, host: &str) -> bool {
    match host.strip_suffix(suffix) {
        None => false,
        Some(rest) => rest.is_empty() || rest.ends_with('.'),
    }
}

impl fmt::Display for NameRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(name) => name.fmt(f),
            Self::Host(host) => f.write_str(host),
            Self::Under(suffix) => write!(f, "{suffix} and below"),
            Self::Ip(_, text) => f.write_str(text),
            Self::EmailAt(host) => write!(f, "mailboxes at {host}"),
            Self::Uri(pattern) => pattern.fmt(f),
        }
    }
}
