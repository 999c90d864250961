//! The kinds of key that a new CA can have.

use std::fmt;
use std::str::FromStr;

use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

/// A kind of key for a new CA.
///
/// ```
/// use sapi::identity::KeyKind;
///
/// assert_eq!("ec:p256".parse(), Ok(KeyKind::P256));
/// assert_eq!(KeyKind::default().to_string(), "ec:p256");
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA of 2048 bits.
    Rsa2048,
    /// RSA of 3072 bits.
    Rsa3072,
    /// RSA of 4096 bits. Making one takes seconds.
    Rsa4096,
    /// ECDSA on P-256.
    #[default]
    P256,
    /// ECDSA on P-384.
    P384,
    /// Ed25519.
    Ed25519,
}

impl KeyKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
        Self::P256,
        Self::P384,
        Self::Ed25519,
    ];

    /// The name of the kind, as people write it on a command line.
    ///
    /// ```
    /// assert_eq!(sapi::identity::KeyKind::Ed25519.as_str(), "ed25519");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa:2048",
            Self::Rsa3072 => "rsa:3072",
            Self::Rsa4096 => "rsa:4096",
            Self::P256 => "ec:p256",
            Self::P384 => "ec:p384",
            Self::Ed25519 => "ed25519",
        }
    }

    /// Makes a key.
    ///
    /// # Errors
    /// When OpenSSL fails.
    ///
    /// ```
    /// let key = sapi::identity::KeyKind::P256.generate()?;
    /// assert_eq!(key.bits(), 256);
    /// # Ok::<(), openssl::error::ErrorStack>(())
    /// ```
    pub fn generate(self) -> Result<PKey<Private>, ErrorStack> {
        match self {
            Self::Rsa2048 => rsa(2048),
            Self::Rsa3072 => rsa(3072),
            Self::Rsa4096 => rsa(4096),
            Self::P256 => ec(Nid::X9_62_PRIME256V1),
            Self::P384 => ec(Nid::SECP384R1),
            Self::Ed25519 => PKey::generate_ed25519(),
        }
    }
}

fn rsa(bits: u32) -> Result<PKey<Private>, ErrorStack> {
    PKey::from_rsa(Rsa::generate(bits)?)
}

fn ec(curve: Nid) -> Result<PKey<Private>, ErrorStack> {
    let curve = EcGroup::from_curve_name(curve)?;
    PKey::from_ec_key(EcKey::generate(&curve)?)
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyKind {
    type Err = UnknownKeyKind;

    fn from_str(text: &str) -> Result<Self, UnknownKeyKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownKeyKind)
    }
}

/// The text is not the name of a kind of key.
///
/// ```
/// use sapi::identity::KeyKind;
/// let error = "rsa:512".parse::<KeyKind>().unwrap_err();
/// assert!(error.to_string().contains("known are rsa:2048"));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnknownKeyKind;

impl fmt::Display for UnknownKeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = KeyKind::ALL.iter().map(|kind| kind.as_str()).collect();
        write!(f, "unknown kind of key; known are {}", known.join(", "))
    }
}

impl std::error::Error for UnknownKeyKind {}
