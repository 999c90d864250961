//! The rules for each kind of alternative name.

pub(crate) type Rule = Result<(), &'static str>;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Wildcard {
    Allowed,
    Refused,
}

/// Checks a host name (RFC 1123 section 2.1, RFC 5890). `wildcard` says whether its first label may be `*`.
pub(crate) fn check_dns(name: &str, wildcard: Wildcard) -> Rule {
    let host = match name.strip_prefix("*.") {
        Some(rest) if wildcard == Wildcard::Allowed => rest,
        _ => name,
    };
    if name.len() > 253 {
        return Err("is longer than 253 characters");
    }
    if host.is_empty() {
        return Err("is empty");
    }
    for label in host.split('.') {
        check_label(label)?;
    }
    // An address belongs in an iPAddress: software takes a DNS name such as 10.0.0.1 for an address.
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return Err("ends in a number: an IP address is not a DNS name");
    }
    Ok(())
}

fn check_label(label: &str) -> Rule {
    if label.is_empty() {
        return Err("has an empty label");
    }
    if label.len() > 63 {
        return Err("has a label longer than 63 characters");
    }
    if label.contains('*') {
        return Err("has a wildcard that is not the whole first label");
    }
    // RFC 1123 does not allow the underscore, but Active Directory and SRV records use it.
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !label.bytes().all(allowed) {
        return Err("has a character that a host name cannot have");
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err("has a label that begins or ends with a hyphen");
    }
    Ok(())
}

/// Checks a mailbox (RFC 5321 section 4.1.2).
pub(crate) fn check_email(mailbox: &str) -> Rule {
    let (local, host) = mailbox.rsplit_once('@').ok_or("has no @")?;
    if local.is_empty() || local.len() > 64 {
        return Err("has nothing, or more than 64 characters, before the @");
    }
    // Only the dot-string of RFC 5321 section 4.1.2: programs disagree about quoted strings.
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    if !local
        .split('.')
        .all(|a| !a.is_empty() && a.bytes().all(atom))
    {
        return Err("has a character before the @ that a mailbox cannot have");
    }
    check_dns(host, Wildcard::Refused)
}

/// Checks an absolute URI (RFC 3986).
pub(crate) fn check_uri(uri: &str) -> Rule {
    let (scheme, rest) = uri.split_once(':').ok_or("has no scheme")?;
    let follows = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.bytes().all(follows) {
        return Err("does not begin with a scheme");
    }
    if rest.is_empty() {
        return Err("has nothing after its scheme");
    }
    // RFC 3986 appendix A: every other character must be percent-encoded.
    let allowed = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
    if !rest.bytes().all(allowed) {
        return Err("has a character that must be percent-encoded");
    }
    let mut after_percent = rest.split('%').skip(1);
    let two_digits = |text: &str| text.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !after_percent.all(two_digits) {
        return Err("has a % without two hexadecimal digits");
    }
    if uri.len() > 2048 {
        return Err("is longer than 2048 characters");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_up_to_their_bounds() {
        let label = |octets: usize| "a".repeat(octets);
        assert_eq!(check_dns(&label(63), Wildcard::Refused), Ok(()));
        assert!(check_dns(&label(64), Wildcard::Refused).is_err());
        // Four labels of 62 and three dots are 251.
        let name = |rest: &str| format!("{}.{rest}", [label(62).as_str(); 4].join("."));
        assert_eq!(name("a").len(), 253);
        assert_eq!(check_dns(&name("a"), Wildcard::Refused), Ok(()));
        assert!(check_dns(&name("aa"), Wildcard::Refused).is_err());
        assert_eq!(check_email(&format!("{}@a", label(64))), Ok(()));
        assert!(check_email(&format!("{}@a", label(65))).is_err());
        assert_eq!(check_uri(&format!("x:{}", label(2046))), Ok(()));
        assert!(check_uri(&format!("x:{}", label(2047))).is_err());
    }

    #[test]
    fn every_octet_of_an_identifier_is_looked_at() {
        for octet in 0..=0x7f_u8 {
            let text = format!("x:{}", char::from(octet));
            // RFC 3986 appendix A: unreserved and reserved; % begins two digits.
            let fits = octet.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&octet);
            assert_eq!(check_uri(&text).is_ok(), fits, "{text:?}");
            let scheme = format!("x{}y:z", char::from(octet));
            // The scheme is the text before the first colon.
            let fits = octet.is_ascii_alphanumeric() || b"+-.:".contains(&octet);
            assert_eq!(check_uri(&scheme).is_ok(), fits, "{scheme:?}");
        }
        assert_eq!(check_uri("x:%0a%FF"), Ok(()));
        for bad in ["x:%", "x:%0", "x:%0g", "x:%g0", "x:%00%", "1x:y", "-x:y"] {
            assert!(check_uri(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hyphens_and_underscores_stand_where_they_may() {
        for good in ["a-b", "a_b", "_a", "a_", "a--b.c-d"] {
            assert_eq!(check_dns(good, Wildcard::Refused), Ok(()), "{good}");
        }
        for bad in ["-a.b", "a-.b", "b.-a", "b.a-", "a.-", "*.a"] {
            assert!(check_dns(bad, Wildcard::Refused).is_err(), "{bad}");
        }
    }
}
