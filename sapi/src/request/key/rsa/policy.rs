//! The policy for RSA public keys: bounds that the operator sets, and checks that always run.

use super::primes::Residues;
use super::weak::{EXPONENT_BITS, LEAST_EXPONENT, WeakRsaKey};
use super::{fermat, limbs, roca};

/// No setting allows less (Baseline Requirements, 6.1.5).
const LEAST_BITS: u32 = 2048;
/// No setting allows more: OpenSSL verifies nothing larger (`OPENSSL_RSA_MAX_MODULUS_BITS`).
const MOST_BITS: u32 = 16384;

/// The operator's bounds on RSA keys, and checks that no setting turns off.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RsaPolicy {
    min_bits: u32,
    max_bits: u32,
}

impl RsaPolicy {
    /// A policy for keys of `min_bits` to `max_bits` bits.
    pub(crate) fn new(min_bits: u32, max_bits: u32) -> Result<Self, RsaBoundsError> {
        let fault = if min_bits > max_bits {
            Some(BoundsFault::Crossed { min_bits, max_bits })
        } else if min_bits < LEAST_BITS {
            Some(BoundsFault::MinimumTooSmall { min_bits })
        } else if max_bits > MOST_BITS {
            Some(BoundsFault::MaximumTooLarge { max_bits })
        } else {
            [("rsa_min_bits", min_bits), ("rsa_max_bits", max_bits)]
                .into_iter()
                .find(|(_, bits)| !bits.is_multiple_of(8))
                .map(|(setting, bits)| BoundsFault::NotWholeBytes { setting, bits })
        };
        match fault {
            Some(fault) => Err(RsaBoundsError(fault)),
            None => Ok(Self { min_bits, max_bits }),
        }
    }

    /// Checks a key. Both numbers are big-endian, without sign octet or leading zeros.
    ///
    /// The size is checked first, so that a huge number costs nothing. A good RSA-2048 key costs a few
    /// microseconds. Nobody can tell from outside whether the modulus has exactly two prime factors.
    pub(crate) fn check(&self, modulus: &[u8], exponent: &[u8]) -> Result<(), WeakRsaKey> {
        self.check_size(bit_length(modulus))?;
        check_exponent(exponent)?;
        if is_even(modulus) {
            return Err(WeakRsaKey::EvenModulus);
        }
        let modulus = limbs::from_be_bytes(modulus);
        let residues = Residues::of(&modulus);
        if let Some(prime) = residues.small_factor() {
            return Err(WeakRsaKey::SmallFactor { prime });
        }
        if roca::has_fingerprint(&residues) {
            return Err(WeakRsaKey::Roca);
        }
        if fermat::has_close_factors(&modulus) {
            return Err(WeakRsaKey::Fermat);
        }
        Ok(())
    }

    fn check_size(&self, bits: u64) -> Result<(), WeakRsaKey> {
        let (minimum, maximum) = (self.min_bits, self.max_bits);
        if bits < u64::from(minimum) {
            return Err(WeakRsaKey::TooSmall { bits, minimum });
        }
        if bits > u64::from(maximum) {
            return Err(WeakRsaKey::TooLarge { bits, maximum });
        }
        if !bits.is_multiple_of(8) {
            return Err(WeakRsaKey::OddSize { bits });
        }
        Ok(())
    }
}

impl Default for RsaPolicy {
    /// Keys of 2048 to 8192 bits.
    fn default() -> Self {
        Self {
            min_bits: LEAST_BITS,
            max_bits: 8192,
        }
    }
}

fn check_exponent(exponent: &[u8]) -> Result<(), WeakRsaKey> {
    if bit_length(exponent) > u64::from(EXPONENT_BITS) {
        return Err(WeakRsaKey::ExponentTooLarge);
    }
    if is_even(exponent) {
        return Err(WeakRsaKey::ExponentEven);
    }
    match limbs::from_be_bytes(exponent).as_slice() {
        [only] if *only < u64::from(LEAST_EXPONENT) => Err(WeakRsaKey::ExponentTooSmall),
        _ => Ok(()),
    }
}

/// The count of bits of a big-endian number. An empty number has 0 bits.
fn bit_length(number: &[u8]) -> u64 {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let Some((first, others)) = number.get(zeros..).and_then(<[u8]>::split_first) else {
        return 0;
    };
    others.len() as u64 * 8 + u64::from(8 - first.leading_zeros())
}

fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|byte| byte % 2 == 0)
}

/// Bounds on RSA keys are refused. The text names the setting under `[requests]`.
///
/// ```
/// let error = sapi::RequestPolicy::default().with_rsa_bits(1024, 4096).unwrap_err();
/// assert!(error.to_string().starts_with("rsa_min_bits is 1024: give 2048 or more"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RsaBoundsError(BoundsFault);

#[derive(Debug, thiserror::Error)]
enum BoundsFault {
    #[error("rsa_min_bits is {min_bits}: give {LEAST_BITS} or more, smaller keys can be broken")]
    MinimumTooSmall { min_bits: u32 },
    #[error("rsa_max_bits is {max_bits}: give {MOST_BITS} or less, OpenSSL takes no larger keys")]
    MaximumTooLarge { max_bits: u32 },
    #[error(
        "rsa_min_bits is {min_bits} but rsa_max_bits is {max_bits}: no key fits both, raise rsa_max_bits"
    )]
    Crossed { min_bits: u32, max_bits: u32 },
    #[error("{setting} is {bits}: give a multiple of 8, other keys are refused anyway")]
    NotWholeBytes { setting: &'static str, bits: u32 },
}

#[cfg(test)]
mod tests;
