//! Patterns of settings: text in which `*` means any run of characters.

use serde::Deserialize;

/// A text with `*` in it, which matches as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Pattern(String);

impl Pattern {
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut parts = self.0.split('*');
        // The first part begins the text; without a star it is all of it.
        let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        for part in parts {
            match rest.find(part) {
                Some(place) => rest = rest.get(place + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_text() {
        for (pattern, good, bad) in [
            ("web01", &["web01"][..], &["web011", "aweb01", ""][..]),
            ("web*", &["web", "web01"], &["we", "xweb", "WEB1"]),
            ("*", &["", "a"], &[]),
            ("a*a", &["aa", "aba"], &["a", "ab"]),
            (
                "a*b*c",
                &["abc", "axbxc", "abbc", "abcbc"],
                &["acb", "abcb", "ac"],
            ),
            (
                "*.example.com",
                &["x.example.com"],
                &["example.com", "x.example.com.evil"],
            ),
        ] {
            let parsed = Pattern(pattern.to_owned());
            for text in good {
                assert!(parsed.matches(text), "{pattern} {text}");
            }
            for text in bad {
                assert!(!parsed.matches(text), "{pattern} {text}");
            }
        }
    }
}
