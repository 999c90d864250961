//! The kinds of public key.

use std::fmt;

/// The kind of a public key.
///
/// ```
/// assert_eq!(sapi::KeyKind::Rsa { bits: 2048 }.to_string(), "RSA 2048");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA (RFC 8017), with the size of its modulus in bits.
    Rsa {
        /// Size of the modulus.
        bits: u32,
    },
    /// NIST P-256 (RFC 5480).
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
    /// Whether such a key can also encipher other keys (RFC 5280 section 4.2.1.3).
    ///
    /// ```
    /// assert!(sapi::KeyKind::Rsa { bits: 3072 }.is_rsa());
    /// assert!(!sapi::KeyKind::P256.is_rsa());
    /// ```
    #[must_use]
    pub fn is_rsa(self) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::key::error::KeyError;

    #[test]
    fn kinds_and_what_is_wrong_with_them_are_told() {
        assert_eq!(KeyKind::Rsa { bits: 2048 }.to_string(), "RSA 2048");
        assert!(KeyKind::Rsa { bits: 2048 }.is_rsa());
        for (kind, name) in [
            (KeyKind::P256, "P-256"),
            (KeyKind::P384, "P-384"),
            (KeyKind::P521, "P-521"),
            (KeyKind::Ed25519, "Ed25519"),
            (KeyKind::MlDsa44, "ML-DSA-44"),
        ] {
            assert_eq!(kind.to_string(), name);
            assert!(!kind.is_rsa(), "{name}");
        }
        let unsupported = KeyError::Unsupported {
            what: "a DSA key".into(),
        };
        assert!(
            unsupported
                .to_string()
                .starts_with("is a DSA key; use RSA, ")
        );
        assert!(
            KeyError::Blocked
                .to_string()
                .contains("list of blocked keys")
        );
    }
}
