//! Patterns that URIs must match.

use std::fmt;

use super::RuleError;
use crate::request::AltName;

/// A pattern `scheme://authority/segment/*/**`, or a URI that must match exactly.
#[derive(Clone, Debug)]
pub(super) struct UriPattern {
    text: String,
    /// `scheme://authority`, in lower case.
    root: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Fixed(String),
    /// `*`
    Any,
    /// `**`, only at the end.
    Rest,
}

impl UriPattern {
    pub(super) fn parse(text: &str) -> Result<Self, RuleError> {
        let fault = |what| RuleError::new(text, what);
        if AltName::Uri(text.to_owned()).check().is_err() {
            return Err(fault("is not a URI such as spiffe://example.org/ns/*/sa/*"));
        }
        let Some((root, path)) = split(text) else {
            return match text.contains('*') {
                true => Err(fault("has a * outside the path of scheme://authority/path")),
                false => Ok(Self {
                    text: text.to_owned(),
                    root: String::new(),
                    segments: Vec::new(),
                }),
            };
        };
        if root.contains('*') {
            return Err(fault("has a * outside its path"));
        }
        let segments: Vec<_> = path.iter().map(|segment| Segment::of(segment)).collect();
        let early = segments.iter().rev().skip(1);
        if early.clone().any(|segment| *segment == Segment::Rest) {
            return Err(fault("has a ** that is not its last segment"));
        }
        if path
            .iter()
            .any(|s| s.contains('*') && !matches!(*s, "*" | "**"))
        {
            return Err(fault("has a * that is not a whole segment"));
        }
        Ok(Self {
            text: text.to_owned(),
            root,
            segments,
        })
    }

    pub(super) fn matches(&self, uri: &str) -> bool {
        if self.root.is_empty() {
            return uri == self.text;
        }
        let Some((root, path)) = split(uri) else {
            return false;
        };
        // Scheme and host ignore case (RFC 3986 section 6.2.2.1). But a SPIFFE ID has only one spelling,
        // and software compares it byte by byte.
        if root != self.root || (root.starts_with("spiffe:") && !uri.starts_with(&root)) {
            return false;
        }
        let is_plain = match self.root.starts_with("spiffe:") {
            true => is_of_spiffe,
            false => is_plain,
        };
        let mut path = path.iter();
        for segment in &self.segments {
            let holds = match segment {
                Segment::Fixed(fixed) => path.next().is_some_and(|own| own == fixed),
                Segment::Any => path.next().is_some_and(|own| is_plain(own)),
                Segment::Rest => {
                    return path.len() > 0 && path.all(|own| is_plain(own));
                }
            };
            if !holds {
                return false;
            }
        }
        path.next().is_none()
    }
}

impl Segment {
    fn of(text: &str) -> Self {
        match text {
            "*" => Self::Any,
            "**" => Self::Rest,
            fixed => Self::Fixed(fixed.to_owned()),
        }
    }
}

/// Returns `scheme://authority` in lower case, and the segments of the path. A query or fragment stays in
/// the last segment, where `*` does not match it.
fn split(uri: &str) -> Option<(String, Vec<&str>)> {
    let (scheme, rest) = uri.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let root = format!("{scheme}://{authority}").to_ascii_lowercase();
    let mut segments = path.split('/');
    // The text before the first slash is empty, or it is a query directly after the authority.
    let segments = match segments.next() {
        Some("") | None => segments.collect(),
        Some(odd) => std::iter::once(odd).chain(segments).collect(),
    };
    Some((root, segments))
}

/// Whether every reader understands a segment the same way: it is not empty, `.` or `..`, and contains
/// neither encoded characters nor delimiters.
fn is_plain(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..") && !segment.contains(['%', '?', '#', ';', '*'])
}

/// SPIFFE ID, section 2.2: letters, digits, dots, dashes and underscores.
fn is_of_spiffe(segment: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    is_plain(segment) && segment.bytes().all(allowed)
}

impl fmt::Display for UriPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_whole_plain_segment() {
        let pattern = UriPattern::parse("spiffe://example.org/ns/*/sa/*").unwrap();
        assert!(pattern.matches("spiffe://example.org/ns/web/sa/api-1"));
        for other in [
            "spiffe://example.org/ns/web/sa",
            "spiffe://example.org/ns/web/sa/",
            "spiffe://example.org/ns/web/sa/api/more",
            "spiffe://example.org/ns//sa/api",
            "spiffe://example.org/ns/../sa/api",
            "spiffe://example.org/ns/a%2Fb/sa/api",
            "spiffe://example.org/ns/web/sa/api?x=1",
            "spiffe://example.org/ns/web/sa/api#x",
            "spiffe://example.org/ns/web/sa/a~b",
            "spiffe://example.org/ns/web/sa/a@b",
            "spiffe://EXAMPLE.org/ns/web/sa/api",
            "SPIFFE://example.org/ns/web/sa/api",
            "spiffe://example.org.evil.net/ns/web/sa/api",
            "spiffe://example.org:80/ns/web/sa/api",
            "spiffe://x@example.org/ns/web/sa/api",
            "https://example.org/ns/web/sa/api",
            "spiffe:example.org/ns/web/sa/api",
        ] {
            assert!(!pattern.matches(other), "{other}");
        }
    }

    #[test]
    fn two_stars_are_the_rest() {
        let pattern = UriPattern::parse("https://Example.org/a/**").unwrap();
        assert!(
            pattern.matches("https://example.org/a/b")
                && pattern.matches("https://EXAMPLE.org/a/b/c")
        );
        for other in [
            "https://example.org/a",
            "https://example.org/a/",
            "https://example.org/a/b/../c",
            "https://example.org/A/b",
        ] {
            assert!(!pattern.matches(other), "{other}");
        }
    }

    #[test]
    fn without_stars_it_is_met_to_the_letter() {
        let pattern = UriPattern::parse("urn:example:a").unwrap();
        assert!(pattern.matches("urn:example:a") && !pattern.matches("urn:example:A"));
        let pattern = UriPattern::parse("spiffe://example.org").unwrap();
        assert!(
            pattern.matches("spiffe://example.org") && !pattern.matches("spiffe://example.org/a")
        );
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for bad in [
            "",
            "x",
            "spiffe://*/a",
            "https://a/**/b",
            "https://a/b*",
            "https://a/***",
            "urn:*",
            "*://a/b",
        ] {
            assert!(UriPattern::parse(bad).is_err(), "{bad}");
        }
    }
}
