//! Why an RSA public key is refused.

/// Why an RSA public key is refused, in a sentence that a client may read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WeakRsaKey {
    #[error("the RSA key has {bits} bits and needs at least {minimum}")]
    TooSmall { bits: u64, minimum: u32 },
    #[error("the RSA key has {bits} bits and may have at most {maximum}")]
    TooLarge { bits: u64, maximum: u32 },
    /// Some clients cannot read such a modulus.
    #[error("the RSA key has {bits} bits, which is not a multiple of 8")]
    OddSize { bits: u64 },
    #[error("the RSA modulus is even")]
    EvenModulus,
    /// `prime` is the smallest one that divides the modulus, and below 752.
    #[error("the RSA modulus can be divided by {prime}")]
    SmallFactor { prime: u32 },
    #[error("the RSA public exponent is even")]
    ExponentEven,
    #[error("the RSA public exponent is below {LEAST_EXPONENT}")]
    ExponentTooSmall,
    #[error("the RSA public exponent has more than {EXPONENT_BITS} bits")]
    ExponentTooLarge,
    #[error(
        "the RSA key was made by a library whose keys can be broken (CVE-2017-15361, \"ROCA\"): make a new one elsewhere"
    )]
    Roca,
    /// The modulus is a perfect square, or its factors are so close together that the check found them.
    #[error("the factors of the RSA modulus are too close together")]
    Fermat,
}

/// The usual public exponent, and the least that is accepted (Baseline Requirements, 6.1.6).
pub(crate) const LEAST_EXPONENT: u32 = 65537;
/// Exponents are below 2 to this power (Baseline Requirements, 6.1.6).
pub(crate) const EXPONENT_BITS: u32 = 256;
