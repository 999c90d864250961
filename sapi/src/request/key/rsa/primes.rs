//! The remainders of a modulus by the odd primes below 752, all in one pass over its limbs.
//!
//! The primes are multiplied into 64-bit words, as many primes to a word as fit. The pass reduces the
//! modulus by those words. Each prime then needs only the remainder of its word.

use super::reciprocal::Divisor;

/// No prime below this may divide a modulus (CA/Browser Forum Baseline Requirements, 6.1.6).
const BOUND: u32 = 752;
const PRIMES: usize = 132;
const WORDS: usize = 18;

/// An odd prime below [`BOUND`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct SmallPrime {
    pub(crate) value: u64,
    /// The index of the word that it divides.
    word: usize,
    /// Its inverse modulo 2^64: exact division is a multiplication by it.
    inverse: u64,
}

/// The remainders of a number by the words. They give its remainder by any small prime.
#[derive(Debug)]
pub(crate) struct Residues([u64; WORDS]);

impl SmallPrime {
    /// The table's entry for a prime. Any other number is a compile error.
    #[expect(
        clippy::indexing_slicing,
        reason = "runs at compile time, where it is a compile error"
    )]
    pub(crate) const fn get(value: u64) -> Self {
        let mut index = 0;
        while TABLE.primes[index].value != value {
            index += 1;
        }
        TABLE.primes[index]
    }

    const fn divides(&self, number: u64) -> bool {
        // For multiples of p the product is the quotient, at most (2^64 - 1) / p. For others it is more.
        number.wrapping_mul(self.inverse) <= u64::MAX / self.value
    }
}

impl Residues {
    pub(crate) fn of(limbs: &[u64]) -> Self {
        let mut words = [0; WORDS];
        // The outer loop takes the limbs, so that the words do not wait for each other's multiplications.
        for &limb in limbs.iter().rev() {
            for (rest, divisor) in words.iter_mut().zip(&TABLE.words) {
                (_, *rest) = divisor.divide(*rest, limb);
            }
        }
        Self(words)
    }

    /// The smallest odd prime below [`BOUND`] that divides the number.
    pub(crate) fn small_factor(&self) -> Option<u32> {
        let divides = |prime: &&SmallPrime| prime.divides(self.word(prime));
        TABLE
            .primes
            .iter()
            .find(divides)
            .map(|prime| prime.value as u32)
    }

    /// The remainder of the number by a prime.
    pub(crate) fn modulo(&self, prime: &SmallPrime) -> u64 {
        self.word(prime) % prime.value
    }

    fn word(&self, prime: &SmallPrime) -> u64 {
        self.0.get(prime.word).copied().unwrap_or_default()
    }
}

struct Table {
    primes: [SmallPrime; PRIMES],
    words: [Divisor; WORDS],
}

static TABLE: Table = table();

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time, where it is a compile error"
)]
const fn table() -> Table {
    let mut primes = [SmallPrime {
        value: 0,
        word: 0,
        inverse: 0,
    }; PRIMES];
    let mut words = [Divisor::scaled(1); WORDS];
    let (mut count, mut word, mut product) = (0, 0, 1_u64);
    let mut value = 3;
    while value < BOUND as u64 {
        if is_prime(value) {
            match product.checked_mul(value) {
                Some(larger) => product = larger,
                None => {
                    word += 1;
                    product = value;
                }
            }
            words[word] = Divisor::scaled(product);
            primes[count] = SmallPrime {
                value,
                word,
                inverse: inverse(value),
            };
            count += 1;
        }
        value += 2;
    }
    assert!(count == PRIMES && word + 1 == WORDS);
    Table { primes, words }
}

const fn is_prime(odd: u64) -> bool {
    let mut divisor = 3;
    while divisor * divisor <= odd {
        if odd.is_multiple_of(divisor) {
            return false;
        }
        divisor += 2;
    }
    true
}

/// The inverse of an odd number modulo 2^64, by Newton's iteration: five steps double 3 right bits to 96.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::bn::{BigNum, MsbOption};

    fn residues(number: &BigNum) -> Residues {
        Residues::of(&crate::request::key::rsa::limbs::from_be_bytes(
            &number.to_vec(),
        ))
    }

    #[test]
    fn every_prime_below_the_bound_is_there() {
        let expected = (3..752_u64).filter(|odd| (2..*odd).all(|divisor| odd % divisor != 0));
        assert!(TABLE.primes.iter().map(|prime| prime.value).eq(expected));
    }

    #[test]
    fn residues_agree_with_openssl() {
        for bits in [1, 63, 64, 65, 2048, 2049, 4096] {
            let mut number = BigNum::new().unwrap();
            number.rand(bits, MsbOption::ONE, false).unwrap();
            let residues = residues(&number);
            for prime in &TABLE.primes {
                let expected = number.mod_word(prime.value as u32).unwrap();
                assert_eq!(residues.modulo(prime), expected);
                assert_eq!(prime.divides(residues.word(prime)), expected == 0);
            }
        }
    }

    #[test]
    fn divisibility_at_the_edge_of_a_word() {
        for prime in &TABLE.primes {
            let largest = u64::MAX - u64::MAX % prime.value;
            assert!(prime.divides(largest) && prime.divides(0));
            assert!(!prime.divides(largest - 1) && !prime.divides(1));
        }
    }

    /// 751 is the last prime that counts; 757, the next one, does not.
    #[test]
    fn small_factors_are_named() {
        for prime in TABLE.primes.iter().map(|prime| prime.value as u32) {
            for cofactor in [1_u32, 757, 4_294_967_291] {
                let mut number = BigNum::from_u32(cofactor).unwrap();
                number.mul_word(prime).unwrap();
                assert_eq!(residues(&number).small_factor(), Some(prime));
            }
        }
        let mut number = BigNum::from_u32(757).unwrap();
        number.mul_word(761).unwrap();
        assert_eq!(residues(&number).small_factor(), None);
    }
}
