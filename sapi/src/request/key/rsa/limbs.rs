//! Arithmetic on large numbers: the integer square root, and what the RSA policy needs beside it.
//!
//! A number is a list of 64-bit limbs, least significant first. All numbers here are public, so
//! nothing has to run in constant time. The code is our own because OpenSSL does not have an integer
//! square root.

use super::reciprocal::{Divisor, join};

/// The integer square root of a number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SquareRoot {
    /// The root, rounded down.
    pub(crate) root: Vec<u64>,
    /// Whether the number is a perfect square.
    pub(crate) exact: bool,
}

/// Reads a big-endian number.
pub(crate) fn from_be_bytes(bytes: &[u8]) -> Vec<u64> {
    let limb = |chunk: &[u8]| {
        chunk
            .iter()
            .fold(0, |limb, &byte| (limb << 8) | u64::from(byte))
    };
    trimmed(bytes.rchunks(8).map(limb).collect())
}

/// The square root, limb by limb, as on paper.
///
/// S is the root so far, with j limbs. R is the remainder of the number's top 2j limbs. Each step
/// brings down two more limbs x1, x0. The next limb of the root is the largest q for which
/// q (2 S 2^64 + q) <= R 2^128 + x1 2^64 + x0. The whole takes about as long as one multiplication of
/// two numbers of the root's size. A Newton iteration needs several divisions.
pub(crate) fn square_root(number: &[u64]) -> SquareRoot {
    let (scaled, half_shift) = with_even_shift(number);
    let mut pairs = scaled.as_chunks().0.iter().rev();
    let Some(&[low, high]) = pairs.next() else {
        return SquareRoot {
            root: Vec::new(),
            exact: true,
        };
    };
    let top = join(high, low);
    let first = top.isqrt() as u64;
    let left = top - u128::from(first) * u128::from(first);
    // R has one limb more than the root so far, because R <= 2 S.
    let mut rest = vec![left as u64, (left >> 64) as u64];
    let mut doubled = vec![first << 1, first >> 63];
    // The top bit of `first` is set, because one of the number's two top bits is.
    let divisor = Divisor::scaled(first);

    for pair in pairs {
        rest.splice(0..0, *pair);
        let mut digit = digit_at_most(&rest, &divisor);
        doubled.insert(0, digit);
        subtract_product(&mut rest, &doubled, digit);
        // The estimate is never too small and at most three too large (Knuth, 4.3.1 theorem B; one
        // more for the q * q it leaves out). Each correction adds 2 S 2^64 + q + (q - 1) back.
        while rest.last().is_some_and(|&top| top != 0) {
            add(&mut rest, &doubled);
            digit = digit.wrapping_sub(1);
            add(&mut rest, &[digit]);
            if let Some(lowest) = doubled.first_mut() {
                *lowest = digit;
            }
        }
        rest.pop();
        // 2 S was even, so the carry of 2 q meets a zero bit.
        if let [lowest, next, ..] = doubled.as_mut_slice() {
            *lowest = digit << 1;
            *next |= digit >> 63;
        }
    }
    let exact = rest.iter().all(|&limb| limb == 0);
    SquareRoot {
        root: shifted_right(&doubled, 1 + half_shift),
        exact,
    }
}

/// Whether `a * a - number` is a perfect square (zero included).
pub(crate) fn is_square_above(a: &[u64], number: &[u64]) -> bool {
    let mut difference = square(a);
    let below_zero = subtract_product(&mut difference, number, 1);
    !below_zero && square_root(&trimmed(difference)).exact
}

/// The number plus a small one.
pub(crate) fn plus(number: &[u64], small: u64) -> Vec<u64> {
    let mut sum = number.to_vec();
    sum.push(0);
    add(&mut sum, &[small]);
    trimmed(sum)
}

/// Returns the number times 4^k, and k. The product has an even count of limbs, and one of its two
/// top bits is set.
fn with_even_shift(number: &[u64]) -> (Vec<u64>, u32) {
    let spare = number.last().map_or(0, |top| top.leading_zeros());
    let bits = spare & !1;
    let mut scaled = Vec::with_capacity(number.len() + 1);
    let odd = number.len() % 2;
    scaled.extend(std::iter::repeat_n(0, odd));
    let mut carry = 0;
    for &limb in number {
        let wide = u128::from(limb) << bits;
        scaled.push(wide as u64 | carry);
        carry = (wide >> 64) as u64;
    }
    (scaled, bits / 2 + if odd == 1 { 32 } else { 0 })
}

/// The next digit of the root, or a little more. Divides the top limbs of `rest` by the doubled root's.
fn digit_at_most(rest: &[u64], divisor: &Divisor) -> u64 {
    let [low, middle, high] = rest.last_chunk().copied().unwrap_or_default();
    // Halves both sides, so that the divisor is the root's first limb and not a 65-bit number.
    let high = (high << 63) | (middle >> 1);
    let low = (middle << 63) | (low >> 1);
    divisor.quotient(high, low).unwrap_or(u64::MAX)
}

/// `number -= factor * digit`, modulo the size of `number`. True if it went below zero.
fn subtract_product(number: &mut [u64], factor: &[u64], digit: u64) -> bool {
    let mut borrow = 0_u64;
    let factor = factor.iter().copied().chain(std::iter::repeat(0));
    for (limb, factor) in number.iter_mut().zip(factor) {
        let product = u128::from(factor) * u128::from(digit) + u128::from(borrow);
        let (difference, below) = limb.overflowing_sub(product as u64);
        *limb = difference;
        borrow = (product >> 64) as u64 + u64::from(below);
    }
    borrow != 0
}

/// `number += other`, modulo the size of `number`.
fn add(number: &mut [u64], other: &[u64]) {
    let mut carry = 0_u128;
    let other = other.iter().copied().chain(std::iter::repeat(0));
    for (limb, other) in number.iter_mut().zip(other) {
        let sum = u128::from(*limb) + u128::from(other) + carry;
        *limb = sum as u64;
        carry = sum >> 64;
    }
}

/// The square of a number.
fn square(number: &[u64]) -> Vec<u64> {
    let mut product = vec![0; 2 * number.len()];
    for (offset, &digit) in number.iter().enumerate() {
        let mut carry = 0;
        let factor = number.iter().copied().chain(std::iter::once(0));
        for (limb, factor) in product.iter_mut().skip(offset).zip(factor) {
            let sum = u128::from(factor) * u128::from(digit) + u128::from(*limb) + carry;
            *limb = sum as u64;
            carry = sum >> 64;
        }
    }
    product
}

/// The number divided by 2^bits, rounded down.
fn shifted_right(number: &[u64], bits: u32) -> Vec<u64> {
    let whole = (bits / 64) as usize;
    let upper = number
        .iter()
        .skip(whole + 1)
        .copied()
        .chain(std::iter::once(0));
    let pairs = number.iter().skip(whole).zip(upper);
    trimmed(
        pairs
            .map(|(&low, high)| (join(high, low) >> (bits % 64)) as u64)
            .collect(),
    )
}

/// The same number without zero limbs at its top.
fn trimmed(mut number: Vec<u64>) -> Vec<u64> {
    while number.last() == Some(&0) {
        number.pop();
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::bn::{BigNum, BigNumContext, MsbOption};

    fn bignum(limbs: &[u64]) -> BigNum {
        let bytes: Vec<u8> = limbs
            .iter()
            .rev()
            .flat_map(|limb| limb.to_be_bytes())
            .collect();
        BigNum::from_slice(&bytes).unwrap()
    }

    /// Checks root^2 <= number < (root + 1)^2 with OpenSSL.
    fn assert_root(number: &BigNum) {
        let found = square_root(&from_be_bytes(&number.to_vec()));
        let mut context = BigNumContext::new().unwrap();
        let mut root = bignum(&found.root);
        let (mut below, mut above) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        below.sqr(&root, &mut context).unwrap();
        root.add_word(1).unwrap();
        above.sqr(&root, &mut context).unwrap();
        assert!(below <= *number && *number < above, "root of {number:?}");
        assert_eq!(found.exact, below == *number, "exactness for {number:?}");
    }

    #[test]
    fn square_roots_of_random_numbers_of_every_size() {
        for bits in 1..1400 {
            let mut number = BigNum::new().unwrap();
            number.rand(bits, MsbOption::MAYBE_ZERO, false).unwrap();
            assert_root(&number);
        }
    }

    /// Squares, their neighbours, and numbers full of ones or zeros, where the estimates are worst.
    #[test]
    fn square_roots_near_the_edges() {
        let mut context = BigNumContext::new().unwrap();
        for bits in 1..700 {
            let mut root = BigNum::new().unwrap();
            root.rand(bits, MsbOption::MAYBE_ZERO, false).unwrap();
            let mut ones = BigNum::from_u32(0).unwrap();
            ones.set_bit(bits).unwrap();
            let power = ones.to_owned().unwrap();
            ones.sub_word(1).unwrap();
            for root in [root, ones, power] {
                let mut number = BigNum::new().unwrap();
                number.sqr(&root, &mut context).unwrap();
                assert_root(&number);
                number.add_word(1).unwrap();
                assert_root(&number);
                if number.num_bits() > 2 {
                    number.sub_word(2).unwrap();
                    assert_root(&number);
                }
            }
        }
    }

    /// Extreme words reach the corrections that random numbers hardly ever need.
    #[test]
    fn square_roots_of_extreme_limbs() {
        let words = [0, 1, 1 << 63, (1 << 63) - 1, u64::MAX - 1, u64::MAX];
        for code in 0..6_usize.pow(6) {
            let limbs: Vec<u64> = (0..6)
                .map(|place| words[code / 6_usize.pow(place) % 6])
                .collect();
            assert_root(&bignum(&limbs));
        }
    }

    #[test]
    fn distance_from_a_square() {
        // 11^2 - 57 = 8^2; 10^2 - 57 = 43; 57 is more than 7^2; 11^2 - 121 = 0.
        assert!(is_square_above(&[11], &[57]));
        assert!(!is_square_above(&[10], &[57]));
        assert!(!is_square_above(&[7], &[57]));
        assert!(is_square_above(&[11], &[121]));
        // 1 - 2^65 is not a square, though it is (2^64 - 1)^2 modulo 2^128.
        assert!(!is_square_above(&[1], &[0, 2]));
        // (2^64 + 1)^2 - (2^64 + 2) 2^64 = 1
        assert!(is_square_above(&[1, 1], &[0, 2, 1]));
        assert!(!is_square_above(&[1, 1], &[1, 2, 1].map(|limb| limb & !1)));
    }

    #[test]
    fn small_additions_carry() {
        assert_eq!(plus(&[u64::MAX, u64::MAX], 1), [0, 0, 1]);
        assert_eq!(plus(&[5], 7), [12]);
    }

    #[test]
    fn bytes_become_limbs() {
        assert_eq!(
            from_be_bytes(&[0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3]),
            [3, 0x102]
        );
        assert_eq!(from_be_bytes(&[]), [0_u64; 0]);
    }
}
