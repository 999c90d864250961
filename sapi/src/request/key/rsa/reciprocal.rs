//! Division by one machine word, with a reciprocal that is computed beforehand.

/// A divisor whose top bit is set, with its reciprocal.
///
/// The processor's own 128-by-64 division costs up to 90 cycles, and the RSA policy needs about 600
/// divisions for a 2048-bit modulus. With the reciprocal, each costs two multiplications. The method
/// is algorithm 4 of Möller and Granlund, "Improved division by invariant integers" (2011).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Divisor {
    value: u64,
    reciprocal: u64,
}

impl Divisor {
    /// The smallest multiple of `value` by a power of two that has the top bit set.
    ///
    /// A remainder by this multiple gives the remainder by every factor of `value`, so nothing has to be
    /// shifted back. `value` must not be zero.
    pub(crate) const fn scaled(value: u64) -> Self {
        let value = value << value.leading_zeros();
        // floor((2^128 - 1) / value) is in 2^64 .. 2^65. The cast drops the 2^64.
        let reciprocal = (u128::MAX / value as u128) as u64;
        Self { value, reciprocal }
    }

    /// Quotient and remainder of `high * 2^64 + low`, where `high` is below the divisor.
    #[inline]
    pub(crate) const fn divide(&self, high: u64, low: u64) -> (u64, u64) {
        let dividend = join(high, low);
        let estimate = (self.reciprocal as u128 * high as u128).wrapping_add(dividend);
        let mut quotient = ((estimate >> 64) as u64).wrapping_add(1);
        let mut remainder = low.wrapping_sub(quotient.wrapping_mul(self.value));
        if remainder > estimate as u64 {
            quotient = quotient.wrapping_sub(1);
            remainder = remainder.wrapping_add(self.value);
        }
        if remainder >= self.value {
            quotient = quotient.wrapping_add(1);
            remainder = remainder.wrapping_sub(self.value);
        }
        (quotient, remainder)
    }

    /// The quotient of `high * 2^64 + low` if it fits in one word.
    pub(crate) fn quotient(&self, high: u64, low: u64) -> Option<u64> {
        (high < self.value).then(|| self.divide(high, low).0)
    }

    /// The remainder of a whole number, least significant limb first.
    pub(crate) fn remainder(&self, limbs: &[u64]) -> u64 {
        let next = |rest, &limb| self.divide(rest, limb).1;
        limbs.iter().rev().fold(0, next)
    }
}

/// Two limbs as one number.
pub(crate) const fn join(high: u64, low: u64) -> u128 {
    ((high as u128) << 64) | low as u128
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The edges, and words that look random but are the same in every run.
    fn words() -> Vec<u64> {
        let mut words = vec![
            1,
            2,
            3,
            59,
            751,
            1 << 32,
            1 << 63,
            (1 << 63) + 1,
            u64::MAX - 1,
            u64::MAX,
        ];
        let mut word = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..60 {
            word = word.wrapping_mul(0xd134_2543_de82_ef95).rotate_left(29) ^ 0x1234_5678;
            words.extend([word, word >> 17, word >> 40]);
        }
        words
    }

    #[test]
    fn division_agrees_with_the_languages_own() {
        for &value in &words() {
            let divisor = Divisor::scaled(value);
            let whole = u128::from(value << value.leading_zeros());
            for &low in &words() {
                for high in words()
                    .iter()
                    .map(|high| high % (whole as u64))
                    .chain([whole as u64 - 1, 0])
                {
                    let dividend = join(high, low);
                    let expected = ((dividend / whole) as u64, (dividend % whole) as u64);
                    assert_eq!(divisor.divide(high, low), expected, "{dividend} / {whole}");
                }
            }
        }
    }

    /// Hardly any dividend needs the last correction. Here the first remainder is the divisor itself.
    #[test]
    fn a_remainder_is_never_the_divisor() {
        let divisor = Divisor::scaled((1 << 63) + 2);
        let (high, low) = (1 << 63, u64::MAX - 3);
        let whole = (1 << 63) + 2;
        assert_eq!(
            divisor.divide(high, low),
            ((join(high, low) / whole) as u64, 0)
        );
    }

    #[test]
    fn quotients_of_one_word_only() {
        let divisor = Divisor::scaled((1 << 63) + 2);
        assert_eq!(divisor.quotient((1 << 63) + 1, 0), Some(u64::MAX - 1));
        assert_eq!(divisor.quotient((1 << 63) + 2, 0), None);
    }

    #[test]
    fn remainder_of_several_limbs_serves_for_every_factor() {
        let divisor = Divisor::scaled(3 * 5 * 7 * 751);
        let limbs = [u64::MAX - 5, 12_345, 1 << 62];
        for prime in [3, 5, 7, 751] {
            let expected = limbs
                .iter()
                .rev()
                .fold(0, |rest: u128, &limb| join(rest as u64, limb) % prime);
            assert_eq!(u128::from(divisor.remainder(&limbs)) % prime, expected);
        }
    }
}
