//! Why an RSA public key is refused.

use std::fmt;

/// Why an RSA public key is refused, in a sentence that a client may read.
///
/// ```
/// use sapi::WeakRsaKey;
/// let weak = WeakRsaKey::TooSmall { bits: 1024, minimum: 2048 };
/// assert_eq!(weak.to_string(), "the RSA key has 1024 bits and needs at least 2048");
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WeakRsaKey {
    /// The modulus has too few bits.
    TooSmall {
        /// The bits it has.
        bits: u64,
        /// The bits it needs.
        minimum: u32,
    },
    /// The modulus has too many bits.
    TooLarge {
        /// The bits it has.
        bits: u64,
        /// The bits it may have.
        maximum: u32,
    },
    /// The bits of the modulus do not fill whole bytes, which some clients cannot read.
    OddSize {
        /// The bits it has.
        bits: u64,
    },
    /// The modulus is even.
    EvenModulus,
    /// A prime below 752 divides the modulus.
    SmallFactor {
        /// The smallest such prime.
        prime: u32,
    },
    /// The public exponent is even.
    ExponentEven,
    /// The public exponent is below 65537.
    ExponentTooSmall,
    /// The public exponent is 2^256 or more.
    ExponentTooLarge,
    /// The key was made by the library of CVE-2017-15361.
    Roca,
    /// The modulus is a perfect square, or its factors are so close together that the check found them.
    Fermat,
}

impl fmt::Display for WeakRsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall { bits, minimum } => {
                write!(f, "the RSA key has {bits} bits and needs at least {minimum}")
            }
            Self::TooLarge { bits, maximum } => {
                write!(f, "the RSA key has {bits} bits and may have at most {maximum}")
            }
            Self::OddSize { bits } => {
                write!(f, "the RSA key has {bits} bits, which is not a multiple of 8")
            }
            Self::EvenModulus => f.write_str("the RSA modulus is even"),
            Self::SmallFactor { prime } => write!(f, "the RSA modulus can be divided by {prime}"),
            Self::ExponentEven => f.write_str("the RSA public exponent is even"),
            Self::ExponentTooSmall => {
                write!(f, "the RSA public exponent is below {LEAST_EXPONENT}")
            }
            Self::ExponentTooLarge => {
                write!(f, "the RSA public exponent has more than {EXPONENT_BITS} bits")
            }
            Self::Roca => f.write_str(
                "the RSA key was made by a library whose keys can be broken (CVE-2017-15361, \"ROCA\"): \
                 make a new one elsewhere",
            ),
            Self::Fermat => f.write_str("the factors of the RSA modulus are too close together"),
        }
    }
}

impl std::error::Error for WeakRsaKey {}

/// The usual public exponent, and the least that is accepted (Baseline Requirements, 6.1.6).
pub(crate) const LEAST_EXPONENT: u32 = 65537;
/// Exponents are below 2 to this power (Baseline Requirements, 6.1.6).
pub(crate) const EXPONENT_BITS: u32 = 256;
