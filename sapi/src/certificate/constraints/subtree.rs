//! A subtree: a part of all names of one kind (RFC 5280 section 4.2.1.10).

use std::fmt;
use std::net::IpAddr;

use crate::request::{AltName, DistinguishedName};

/// What a name constraint permits or excludes. Hosts are in lower case.
#[derive(Debug, PartialEq)]
pub(crate) enum Subtree {
    /// A host and all hosts below it.
    Dns(String),
    /// A mailbox, or all mailboxes at a host; with a leading dot, all at any host below it.
    Email(String),
    /// A host; with a leading dot, any host below it.
    Uri(String),
    Ip {
        address: IpAddr,
        mask: IpAddr,
    },
    /// All subjects that begin like this.
    Directory(DistinguishedName),
    Other,
}

impl Subtree {
    /// Whether a name is in it; `None` for a name of another kind.
    pub(crate) fn holds(&self, name: &AltName) -> Option<bool> {
        match (self, name) {
            (Self::Dns(base), AltName::Dns(name)) => Some(below(base, &name.to_ascii_lowercase())),
            (Self::Email(base), AltName::Email(mailbox)) => Some(holds_mailbox(base, mailbox)),
            (Self::Uri(base), AltName::Uri(uri)) => {
                // Section 4.2.1.10: a URI without a host name must be rejected.
                Some(host_of(uri).is_some_and(|host| is_host(base, &host)))
            }
            (Self::Ip { address, mask }, AltName::Ip(ip)) => Some(
                masked(*address, *mask).is_some() && masked(*ip, *mask) == masked(*address, *mask),
            ),
            _ => None,
        }
    }

    /// Whether a subject is in it; `None` for a subtree of other names.
    pub(crate) fn holds_subject(&self, subject: &DistinguishedName) -> Option<bool> {
        match self {
            Self::Directory(base) => Some(subject.begins_with(base)),
            _ => None,
        }
    }

    /// Whether a name with a wildcard matches the host where this subtree begins: `*.example.com` matches
    /// `www.example.com`. The wildcard is one label (RFC 9525 section 6.3).
    pub(crate) fn is_covered_by(&self, name: &AltName) -> bool {
        let (Self::Dns(base), AltName::Dns(name)) = (self, name) else {
            return false;
        };
        let parent = base.split_once('.').map(|(_, parent)| parent);
        let covered = name.strip_prefix("*.");
        covered.is_some_and(|covered| parent == Some(covered.to_ascii_lowercase().as_str()))
    }
}

/// Whether a host is the base or below it; with a leading dot, only below it.
fn below(base: &str, host: &str) -> bool {
    match host.strip_suffix(base) {
        None => false,
        Some(rest) => {
            base.is_empty() || base.starts_with('.') || rest.is_empty() || rest.ends_with('.')
        }
    }
}

/// Whether a host is exactly the base; with a leading dot, any host below it.
fn is_host(base: &str, host: &str) -> bool {
    match base.starts_with('.') {
        true => host.len() > base.len() && host.ends_with(base),
        false => host == base,
    }
}

fn holds_mailbox(base: &str, mailbox: &str) -> bool {
    let Some((local, host)) = mailbox.rsplit_once('@') else {
        return false;
    };
    let host = host.to_ascii_lowercase();
    match base.rsplit_once('@') {
        Some((its_local, its_host)) => local == its_local && host == its_host,
        None => is_host(base, &host),
    }
}

/// The host name in `scheme://user@host:port/...`; `None` for an address or nothing.
fn host_of(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let name = AltName::Dns(host.to_ascii_lowercase());
    name.check().is_ok().then(|| name.value())
}

fn masked(address: IpAddr, mask: IpAddr) -> Option<u128> {
    match (address, mask) {
        (IpAddr::V4(address), IpAddr::V4(mask)) => {
            Some(u128::from(address.to_bits() & mask.to_bits()))
        }
        (IpAddr::V6(address), IpAddr::V6(mask)) => Some(address.to_bits() & mask.to_bits()),
        _ => None,
    }
}

impl fmt::Display for Subtree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(base) => write!(f, "DNS:{base}"),
            Self::Email(base) => write!(f, "email:{base}"),
            Self::Uri(base) => write!(f, "URI:{base}"),
            Self::Ip { address, mask } => write!(f, "IP:{address}/{mask}"),
            Self::Directory(base) => write!(f, "subject {base}"),
            Self::Other => f.write_str("names of another kind"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(tree: &Subtree, name: &str) -> bool {
        tree.holds(&name.parse().unwrap()).unwrap()
    }

    #[test]
    fn hosts_and_all_below() {
        let tree = Subtree::Dns("example.com".into());
        for inside in [
            "example.com",
            "WWW.example.COM",
            "a.b.example.com",
            "*.example.com",
        ] {
            assert!(holds(&tree, &format!("DNS:{inside}")), "{inside}");
        }
        for outside in ["badexample.com", "example.com.evil.net", "com", "*.com"] {
            assert!(!holds(&tree, &format!("DNS:{outside}")), "{outside}");
        }
        let dotted = Subtree::Dns(".example.com".into());
        assert!(holds(&dotted, "DNS:a.example.com") && !holds(&dotted, "DNS:example.com"));
        assert!(holds(&Subtree::Dns(String::new()), "DNS:anything.net"));
        assert_eq!(tree.holds(&"IP:::1".parse().unwrap()), None);
    }

    #[test]
    fn mailboxes_at_a_host_below_it_or_one() {
        let tree = |base: &str| Subtree::Email(base.into());
        assert!(holds(&tree("example.com"), "email:a@EXAMPLE.com"));
        assert!(!holds(&tree("example.com"), "email:a@b.example.com"));
        assert!(holds(&tree(".example.com"), "email:a@b.example.com"));
        assert!(!holds(&tree(".example.com"), "email:a@example.com"));
        assert!(holds(&tree("Ops@example.com"), "email:Ops@Example.com"));
        assert!(!holds(&tree("Ops@example.com"), "email:ops@example.com"));
    }

    #[test]
    fn identifiers_by_their_host() {
        let tree = |base: &str| Subtree::Uri(base.into());
        assert!(holds(&tree("example.com"), "URI:spiffe://Example.com/web"));
        assert!(holds(
            &tree("example.com"),
            "URI:https://u@example.com:8443/?x"
        ));
        assert!(holds(&tree(".example.com"), "URI:https://a.example.com"));
        for outside in [
            "https://a.example.com",
            "https://example.com@evil.net/",
            "urn:example.com:x",
            "https://192.0.2.1/",
            "https://evil.net/example.com",
            "https://example.com.evil.net/",
        ] {
            assert!(
                !holds(&tree("example.com"), &format!("URI:{outside}")),
                "{outside}"
            );
        }
        assert!(!holds(&tree(".example.com"), "URI:https://example.com"));
    }

    #[test]
    fn addresses_by_their_mask() {
        let tree = |address: &str, mask: &str| Subtree::Ip {
            address: address.parse().unwrap(),
            mask: mask.parse().unwrap(),
        };
        let ten = tree("10.0.0.0", "255.0.0.0");
        assert!(holds(&ten, "IP:10.1.2.3"));
        assert!(!holds(&ten, "IP:11.1.2.3") && !holds(&ten, "IP:::a01:203"));
        let doc = tree("2001:db8::", "ffff:ffff::");
        assert!(holds(&doc, "IP:2001:db8:1::1") && !holds(&doc, "IP:2001:db9::1"));
        // Even a subtree of all addresses of one family does not contain the other family.
        assert!(!holds(&tree("0.0.0.0", "0.0.0.0"), "IP:::1"));
    }

    #[test]
    fn a_wildcard_stands_for_one_label() {
        let base = Subtree::Dns("www.example.com".into());
        let covers = |name: &str| base.is_covered_by(&AltName::Dns(name.into()));
        assert!(covers("*.Example.com"));
        assert!(!covers("*.com") && !covers("a.example.com") && !covers("*.www.example.com"));
    }

    #[test]
    fn a_leading_dot_means_below_and_never_itself() {
        assert!(is_host(".example.com", "a.example.com"));
        assert!(is_host(".example.com", "b.a.example.com"));
        for outside in [
            "example.com",
            ".example.com",
            "aexample.com",
            "a.long.name.example.net",
        ] {
            assert!(!is_host(".example.com", outside), "{outside}");
        }
        assert!(is_host("example.com", "example.com"));
        assert!(!is_host("example.com", "a.example.com"));
    }
}
