//! The kinds of key.

use std::fmt;
use std::str::FromStr;

/// The kind of a key, in a request or of a CA.
///
/// `Display` writes it for people; [`name`](Self::name) writes it for command lines and settings.
///
/// ```
/// use sapi::KeyKind;
///
/// let kind: KeyKind = "rsa:3072".parse()?;
/// assert_eq!(kind, KeyKind::Rsa { bits: 3072 });
/// assert_eq!(kind.to_string(), "RSA 3072");
/// assert_eq!(kind.name(), "rsa:3072");
/// # Ok::<(), sapi::UnknownKeyKind>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA (RFC 8017), with the size of its modulus in bits.
    Rsa {
        /// Size of the modulus.
        bits: u32,
    },
    /// NIST P-256 (RFC 5480); the kind of a new key, unless another is asked for.
    #[default]
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// ML-DSA-44 (RFC 9881), if the linked OpenSSL supports it.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

impl KeyKind {
    /// The kinds that are offered for a new key, and that `FromStr` reads.
    pub const OFFERED: [Self; 6] = [
        Self::Rsa { bits: 2048 },
        Self::Rsa { bits: 3072 },
        Self::Rsa { bits: 4096 },
        Self::P256,
        Self::P384,
        Self::Ed25519,
    ];

    /// The name of the kind, as people write it on a command line.
    ///
    /// ```
    /// assert_eq!(sapi::KeyKind::P256.name(), "ec:p256");
    /// ```
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Rsa { bits } => format!("rsa:{bits}"),
            Self::P256 => "ec:p256".into(),
            Self::P384 => "ec:p384".into(),
            Self::P521 => "ec:p521".into(),
            Self::Ed25519 => "ed25519".into(),
            Self::MlDsa44 => "ml-dsa:44".into(),
            Self::MlDsa65 => "ml-dsa:65".into(),
            Self::MlDsa87 => "ml-dsa:87".into(),
        }
    }

    pub(crate) fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa { .. })
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA {bits}"),
            Self::P256 => f.write_str("P-256"),
            Self::P384 => f.write_str("P-384"),
            Self::P521 => f.write_str("P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::MlDsa44 => f.write_str("ML-DSA-44"),
            Self::MlDsa65 => f.write_str("ML-DSA-65"),
            Self::MlDsa87 => f.write_str("ML-DSA-87"),
        }
    }
}

/// Reads the name of a kind that is offered for a new key.
impl FromStr for KeyKind {
    type Err = UnknownKeyKind;

    fn from_str(text: &str) -> Result<Self, UnknownKeyKind> {
        let mut offered = Self::OFFERED.into_iter();
        offered
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownKeyKind::new(text, Self::OFFERED.map(Self::name)))
    }
}

/// A text is not the name of a kind of key.
///
/// ```
/// let error = "rsa:512".parse::<sapi::KeyKind>().unwrap_err();
/// assert!(error.to_string().starts_with("\"rsa:512\" is not one of rsa:2048, rsa:3072, "));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is not one of {known}")]
pub struct UnknownKeyKind {
    text: String,
    known: String,
}

impl UnknownKeyKind {
    pub(crate) fn new<S: AsRef<str>>(text: &str, known: impl IntoIterator<Item = S>) -> Self {
        let known: Vec<_> = known.into_iter().collect();
        let known: Vec<_> = known.iter().map(AsRef::as_ref).collect();
        Self {
            text: text.chars().take(40).collect(),
            known: known.join(", "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_a_name_and_words_for_people() {
        for (kind, name, words) in [
            (KeyKind::Rsa { bits: 2048 }, "rsa:2048", "RSA 2048"),
            (KeyKind::P256, "ec:p256", "P-256"),
            (KeyKind::P384, "ec:p384", "P-384"),
            (KeyKind::P521, "ec:p521", "P-521"),
            (KeyKind::Ed25519, "ed25519", "Ed25519"),
            (KeyKind::MlDsa44, "ml-dsa:44", "ML-DSA-44"),
        ] {
            assert_eq!(
                (kind.name().as_str(), kind.to_string().as_str()),
                (name, words)
            );
            assert_eq!(kind.is_rsa(), name.starts_with("rsa"), "{name}");
            let offered = KeyKind::OFFERED.contains(&kind);
            assert_eq!(name.parse().ok(), offered.then_some(kind), "{name}");
        }
        assert_eq!(
            KeyKind::default().name().parse::<KeyKind>().unwrap(),
            KeyKind::P256
        );
    }
}
