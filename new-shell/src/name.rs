//! The name of a new crate.

use std::fmt;
use std::str::FromStr;

/// A name that cargo, Debian and file systems all take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let follows = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = (2..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(follows)
            && !text.ends_with('-');
        // A crate cannot have the name of a crate it depends on, of a standard crate, or of a folder in target.
        let taken = [
            "sapi", "serde", "tokio", "toml", "test", "core", "std", "alloc", "build", "deps",
            "examples",
        ];
        match fits && !taken.contains(&text) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidName),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidName;

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name has 2 to 64 lower-case letters, digits and hyphens, begins with a letter, does not end with a hyphen, and is not another crate's name")
    }
}

impl std::error::Error for InvalidName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cargo_and_debian_take() {
        for good in ["my-ca", "ca2", "example"] {
            assert!(good.parse::<Name>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "My-ca",
            "1ca",
            "-ca",
            "ca-",
            "my_ca",
            "a/b",
            "../x",
            "sapi",
            "é",
            &"a".repeat(65),
        ] {
            assert!(bad.parse::<Name>().is_err(), "{bad}");
        }
    }
}
