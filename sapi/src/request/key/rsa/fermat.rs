//! Fermat's factorisation: it finds the factors of a modulus if they are too close together.
//!
//! If n = p q, then n = a^2 - b^2 with a = (p + q) / 2, and when p and q are close, a is only a little
//! above the square root of n. So this tries a few numbers above the root: is a^2 - n a square?
//! A square is also a square modulo every small number. That rules out nearly all of the numbers
//! cheaply. For about one key in five hundred a number is left, which is computed in full.

use super::limbs;
use super::reciprocal::Divisor;

/// How many numbers above the root to try (the Baseline Requirements, 6.1.1.3, ask for 100).
const ROUNDS: u32 = 100;

/// The numbers to try, as a bit set: bit i means floor(sqrt(n)) + i.
const TRIED: u128 = (1 << (ROUNDS + 1)) - 2;

/// The filters: 64, and as many odd primes as have a product that fits in one word.
static FILTERS: [Filter; 16] = [
    Filter::new(64),
    Filter::new(3),
    Filter::new(5),
    Filter::new(7),
    Filter::new(11),
    Filter::new(13),
    Filter::new(17),
    Filter::new(19),
    Filter::new(23),
    Filter::new(29),
    Filter::new(31),
    Filter::new(37),
    Filter::new(41),
    Filter::new(43),
    Filter::new(47),
    Filter::new(53),
];

/// The product of the filters' primes.
const PRODUCT: Divisor = Divisor::scaled(16_294_579_238_595_022_365);

/// Whether an odd number is a perfect square, or a product of two factors that are too close.
pub(crate) fn has_close_factors(modulus: &[u64]) -> bool {
    let limbs::SquareRoot { root, exact } = limbs::square_root(modulus);
    if exact {
        return true;
    }
    let mut left = candidates(modulus, &root);
    while left != 0 {
        let distance = left.trailing_zeros();
        if limbs::is_square_above(&limbs::plus(&root, u64::from(distance)), modulus) {
            return true;
        }
        left &= left - 1;
    }
    false
}

/// The distances from the root that no filter rules out.
fn candidates(modulus: &[u64], root: &[u64]) -> u128 {
    let residues = |limbs: &[u64]| {
        (
            limbs.first().copied().unwrap_or_default(),
            PRODUCT.remainder(limbs),
        )
    };
    let (modulus_low, modulus_rest) = residues(modulus);
    let (root_low, root_rest) = residues(root);
    let mut left = TRIED;
    for filter in &FILTERS {
        left &= match filter.modulus {
            64 => filter.admitted(modulus_low, root_low),
            _ => filter.admitted(modulus_rest, root_rest),
        };
        if left == 0 {
            break;
        }
    }
    left
}

/// A small number q, and for each n modulo q the x for which x^2 - n is a square modulo q.
#[derive(Debug, Clone, Copy)]
struct Filter {
    modulus: u64,
    /// Bit x of row n. The bits go on beyond q, up to 127.
    rows: [u128; 64],
}

impl Filter {
    /// The distances i for which (root + i)^2 - n may be a square.
    fn admitted(&self, number: u64, root: u64) -> u128 {
        let row = (number % self.modulus) as usize;
        let row = self.rows.get(row).copied().unwrap_or(u128::MAX);
        let start = root % self.modulus;
        // Bit i of the result is bit start + i of the row. The row repeats every q bits.
        (row >> start) | (row << (self.modulus - start))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "runs at compile time, where it is a compile error"
    )]
    const fn new(modulus: u64) -> Self {
        let mut squares = [false; 64];
        let mut root = 0;
        while root < modulus {
            squares[(root * root % modulus) as usize] = true;
            root += 1;
        }
        let mut rows = [0; 64];
        let mut number = 0;
        while number < modulus {
            let mut x = 0;
            while x < 128 {
                let difference = (x * x + modulus - number) % modulus;
                rows[number as usize] |= (squares[difference as usize] as u128) << x;
                x += 1;
            }
            number += 1;
        }
        Self { modulus, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::bn::{BigNum, MsbOption};

    fn limbs_of(number: u128) -> Vec<u64> {
        limbs::from_be_bytes(&number.to_be_bytes())
    }

    /// Computes every round in full, as the textbook does.
    fn textbook(number: u128) -> bool {
        let root = number.isqrt();
        let square = |number: u128| number.isqrt().pow(2) == number;
        square(number) || (1..=100).any(|round| square((root + round).pow(2) - number))
    }

    fn random(bits: i32) -> u128 {
        let mut number = BigNum::new().unwrap();
        number.rand(bits, MsbOption::ONE, true).unwrap();
        number
            .to_vec()
            .iter()
            .fold(0, |number, &byte| number << 8 | u128::from(byte))
    }

    #[test]
    fn agrees_with_the_textbook_on_all_small_odd_numbers() {
        for number in (1..60_001).step_by(2) {
            assert_eq!(
                has_close_factors(&limbs_of(number)),
                textbook(number),
                "{number}"
            );
        }
    }

    #[test]
    fn agrees_with_the_textbook_on_random_numbers() {
        for bits in 16..=124 {
            for _ in 0..100 {
                let number = random(bits);
                assert_eq!(
                    has_close_factors(&limbs_of(number)),
                    textbook(number),
                    "{number}"
                );
            }
        }
    }

    /// Products of close numbers: some are found at once, some in no round.
    #[test]
    fn agrees_with_the_textbook_on_products_of_close_numbers() {
        let (mut found, mut missed) = (0, 0);
        for bits in 20..=60 {
            for _ in 0..100 {
                let factor = random(bits);
                let distance = random(5 + bits / 2) - (1 << (4 + bits / 2)) + 1;
                let number = factor * (factor + 2 * distance);
                let expected = textbook(number);
                assert_eq!(has_close_factors(&limbs_of(number)), expected, "{number}");
                *(if expected { &mut found } else { &mut missed }) += 1;
            }
        }
        assert!(
            found > 100 && missed > 100,
            "{found} found, {missed} missed"
        );
    }

    #[test]
    fn filters_leave_next_to_nothing() {
        let mut left = 0;
        for _ in 0..1000 {
            let mut number = BigNum::new().unwrap();
            number.rand(2048, MsbOption::TWO_ONES, true).unwrap();
            let number = limbs::from_be_bytes(&number.to_vec());
            left += candidates(&number, &limbs::square_root(&number).root).count_ones();
        }
        assert!(left < 100, "{left} of 100,000 candidates are left");
    }

    #[test]
    fn a_hundred_numbers_above_the_root_are_tried() {
        assert_eq!((TRIED.trailing_zeros(), TRIED.count_ones()), (1, 100));
    }

    #[test]
    fn filters_admit_what_may_be_a_square() {
        for filter in &FILTERS {
            let q = filter.modulus;
            let squares: Vec<u64> = (0..q).map(|root| root * root % q).collect();
            for (number, root) in (0..q).flat_map(|number| (0..q).map(move |root| (number, root))) {
                let admitted = filter.admitted(number + 5 * q, root + 3 * q);
                for distance in 1..=100 {
                    let difference = ((root + distance).pow(2) + q - number) % q;
                    let expected = squares.contains(&difference);
                    assert_eq!(
                        admitted >> distance & 1 == 1,
                        expected,
                        "{root} + {distance} - {number} mod {q}"
                    );
                }
            }
        }
    }

    #[test]
    fn filters_fit_the_product() {
        let product: u64 = FILTERS
            .iter()
            .map(|filter| filter.modulus)
            .filter(|&q| q != 64)
            .product();
        assert_eq!(product, 16_294_579_238_595_022_365);
    }
}
