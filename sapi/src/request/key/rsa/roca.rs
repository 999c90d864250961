//! The ROCA fingerprint: it recognises keys that the library of CVE-2017-15361 made.
//!
//! That library made primes of the form k M + (65537^a mod M), where M is the product of the first
//! primes. So modulo each of those primes, the modulus is also a power of 65537 (Nemec and others,
//! "The Return of Coppersmith's Attack", 2017). A prime says nothing if the powers of 65537 are all
//! its nonzero residues. Of the primes up to 167, which every key size shares, seventeen say something. A
//! good key has the fingerprint by chance about once in 2^27.

use super::primes::{Residues, SmallPrime};

/// A prime and the powers of 65537 modulo it, as a bit set.
#[derive(Debug, Clone, Copy)]
struct Marker {
    prime: SmallPrime,
    powers: [u64; 3],
}

const MARKERS: [Marker; 17] = [
    Marker::new(11),
    Marker::new(13),
    Marker::new(17),
    Marker::new(19),
    Marker::new(37),
    Marker::new(53),
    Marker::new(61),
    Marker::new(71),
    Marker::new(73),
    Marker::new(79),
    Marker::new(97),
    Marker::new(103),
    Marker::new(107),
    Marker::new(109),
    Marker::new(127),
    Marker::new(151),
    Marker::new(157),
];

/// Whether a modulus looks as if that library made it.
pub(crate) fn has_fingerprint(modulus: &Residues) -> bool {
    MARKERS
        .iter()
        .all(|marker| marker.admits(modulus.modulo(&marker.prime)))
}

impl Marker {
    #[expect(
        clippy::indexing_slicing,
        reason = "runs at compile time, where it is a compile error"
    )]
    const fn new(prime: u64) -> Self {
        let mut powers = [0; 3];
        let mut power = 1;
        while powers[(power / 64) as usize] >> (power % 64) & 1 == 0 {
            powers[(power / 64) as usize] |= 1 << (power % 64);
            power = power * 65537 % prime;
        }
        Self {
            prime: SmallPrime::get(prime),
            powers,
        }
    }

    fn admits(&self, residue: u64) -> bool {
        let word = self
            .powers
            .get((residue / 64) as usize)
            .copied()
            .unwrap_or_default();
        word >> (residue % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn powers(prime: u64) -> Vec<u64> {
        let mut powers: Vec<u64> = Vec::new();
        let mut power = 1;
        while !powers.contains(&power) {
            powers.push(power);
            power = power * 65537 % prime;
        }
        powers
    }

    /// The markers are all the primes up to 167 that have fewer powers of 65537 than nonzero residues.
    #[test]
    fn markers_are_the_primes_that_tell_something() {
        let primes = (3..=167_u64).filter(|odd| (2..*odd).all(|divisor| odd % divisor != 0));
        let telling = primes.filter(|&prime| (powers(prime).len() as u64) < prime - 1);
        assert!(MARKERS.iter().map(|marker| marker.prime.value).eq(telling));
    }

    #[test]
    fn markers_admit_exactly_the_powers() {
        for marker in &MARKERS {
            let powers = powers(marker.prime.value);
            for residue in 0..marker.prime.value {
                assert_eq!(marker.admits(residue), powers.contains(&residue));
            }
        }
    }

    /// 65537 itself passes every marker. A number that is a power modulo all primes but one does not.
    #[test]
    fn every_marker_is_asked() {
        assert!(has_fingerprint(&Residues::of(&[65537])));
        let product: u128 = MARKERS
            .iter()
            .map(|marker| u128::from(marker.prime.value))
            .product();
        for marker in &MARKERS {
            let others = product / u128::from(marker.prime.value);
            let number = (1..).map(|factor| 1 + factor * others);
            let odd_one = number.take(200).find(|number| {
                let residue = (number % u128::from(marker.prime.value)) as u64;
                !powers(marker.prime.value).contains(&residue)
            });
            let number = odd_one.unwrap();
            assert!(!has_fingerprint(&Residues::of(&[
                number as u64,
                (number >> 64) as u64
            ])));
        }
    }
}
