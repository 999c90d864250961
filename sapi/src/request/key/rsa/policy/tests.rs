//! Tests of sizes, exponents, bounds and messages. `weak_moduli` tests faults inside a modulus.

mod weak_moduli;

use super::*;
use openssl::bn::{BigNum, BigNumContext, MsbOption};
use openssl::rsa::Rsa;

const F4: [u8; 3] = [1, 0, 1];

fn check(modulus: &BigNum) -> Result<(), WeakRsaKey> {
    RsaPolicy::default().check(&modulus.to_vec(), &F4)
}

fn times(left: &BigNum, right: &BigNum) -> BigNum {
    let mut product = BigNum::new().unwrap();
    product
        .checked_mul(left, right, &mut BigNumContext::new().unwrap())
        .unwrap();
    product
}

fn random(bits: i32) -> BigNum {
    let mut number = BigNum::new().unwrap();
    number.rand(bits, MsbOption::TWO_ONES, true).unwrap();
    number
}

/// Whether no odd number from 3 to 751 divides it, by OpenSSL's arithmetic.
fn is_rough(number: &BigNum) -> bool {
    (3..752)
        .step_by(2)
        .all(|divisor| number.mod_word(divisor).unwrap() != 0)
}

fn rough(bits: i32) -> BigNum {
    std::iter::repeat_with(|| random(bits))
        .find(is_rough)
        .unwrap()
}

/// A number of this many bits. Only its size can be wrong.
fn modulus(bits: i32) -> BigNum {
    times(&rough(bits / 2), &rough(bits - bits / 2))
}

#[test]
fn keys_made_by_openssl_are_good() {
    for bits in std::iter::repeat_n(2048, 20).chain([3072, 4096]) {
        let key = Rsa::generate(bits).unwrap();
        let (modulus, exponent) = (key.n().to_vec(), key.e().to_vec());
        assert_eq!(
            RsaPolicy::default().check(&modulus, &exponent),
            Ok(()),
            "{modulus:x?}"
        );
    }
}

#[test]
fn sizes() {
    let (minimum, maximum) = (2048, 8192);
    for (bits, expected) in [
        (
            1024,
            Err(WeakRsaKey::TooSmall {
                bits: 1024,
                minimum,
            }),
        ),
        (
            2040,
            Err(WeakRsaKey::TooSmall {
                bits: 2040,
                minimum,
            }),
        ),
        (
            2047,
            Err(WeakRsaKey::TooSmall {
                bits: 2047,
                minimum,
            }),
        ),
        (2048, Ok(())),
        (2049, Err(WeakRsaKey::OddSize { bits: 2049 })),
        (2052, Err(WeakRsaKey::OddSize { bits: 2052 })),
        (2056, Ok(())),
        (2112, Ok(())),
        (2184, Ok(())),
        (8192, Ok(())),
        (
            8193,
            Err(WeakRsaKey::TooLarge {
                bits: 8193,
                maximum,
            }),
        ),
        (
            8200,
            Err(WeakRsaKey::TooLarge {
                bits: 8200,
                maximum,
            }),
        ),
        (
            16384,
            Err(WeakRsaKey::TooLarge {
                bits: 16384,
                maximum,
            }),
        ),
    ] {
        let modulus = modulus(bits);
        assert_eq!(modulus.num_bits(), bits);
        assert_eq!(check(&modulus), expected, "{bits} bits");
    }
}

/// A modulus that is wrong in every way is refused for its size: that costs nothing to check.
#[test]
fn size_comes_first() {
    let policy = RsaPolicy::default();
    let empty = WeakRsaKey::TooSmall {
        bits: 0,
        minimum: 2048,
    };
    assert_eq!(policy.check(&[], &[]), Err(empty.clone()));
    assert_eq!(policy.check(&[0; 256], &[]), Err(empty));
    let huge = [2; 1 << 20];
    let bits = 8 * huge.len() as u64 - 6;
    assert_eq!(
        policy.check(&huge, &huge),
        Err(WeakRsaKey::TooLarge {
            bits,
            maximum: 8192
        })
    );
}

#[test]
fn leading_zeros_do_not_count() {
    let mut padded = vec![0; 3];
    padded.extend(modulus(2040).to_vec());
    let expected = WeakRsaKey::TooSmall {
        bits: 2040,
        minimum: 2048,
    };
    assert_eq!(RsaPolicy::default().check(&padded, &F4), Err(expected));
}

#[test]
fn operators_move_the_bounds() {
    let policy = RsaPolicy::new(3072, 3072).unwrap();
    let check = |bits| policy.check(&modulus(bits).to_vec(), &F4);
    assert_eq!(
        check(3064),
        Err(WeakRsaKey::TooSmall {
            bits: 3064,
            minimum: 3072
        })
    );
    assert_eq!(check(3072), Ok(()));
    assert_eq!(
        check(3080),
        Err(WeakRsaKey::TooLarge {
            bits: 3080,
            maximum: 3072
        })
    );
    let widest = RsaPolicy::new(2048, 16384).unwrap();
    assert_eq!(widest.check(&modulus(16384).to_vec(), &F4), Ok(()));
}

#[test]
fn bounds_out_of_bounds() {
    for (min_bits, max_bits, sentence) in [
        (
            2040,
            8192,
            "rsa_min_bits is 2040: give 2048 or more, smaller keys can be broken",
        ),
        (
            2048,
            16392,
            "rsa_max_bits is 16392: give 16384 or less, OpenSSL takes no larger keys",
        ),
        (
            4096,
            3072,
            "rsa_min_bits is 4096 but rsa_max_bits is 3072: no key fits both, raise rsa_max_bits",
        ),
        (
            2050,
            4096,
            "rsa_min_bits is 2050: give a multiple of 8, other keys are refused anyway",
        ),
        (
            2048,
            4095,
            "rsa_max_bits is 4095: give a multiple of 8, other keys are refused anyway",
        ),
    ] {
        let error = RsaPolicy::new(min_bits, max_bits).unwrap_err();
        assert_eq!(error.to_string(), sentence);
    }
    assert_eq!(RsaPolicy::new(2048, 8192).unwrap(), RsaPolicy::default());
}

#[test]
fn exponents() {
    let modulus = modulus(2048).to_vec();
    let power = |bits: usize| [&[1][..], &vec![0; bits / 8]].concat();
    let odd = |mut number: Vec<u8>| {
        *number.last_mut().unwrap() |= 1;
        number
    };
    for (exponent, expected) in [
        (vec![], Err(WeakRsaKey::ExponentEven)),
        (vec![0], Err(WeakRsaKey::ExponentEven)),
        (vec![1], Err(WeakRsaKey::ExponentTooSmall)),
        (vec![2], Err(WeakRsaKey::ExponentEven)),
        (vec![3], Err(WeakRsaKey::ExponentTooSmall)),
        (vec![0xff, 0xff], Err(WeakRsaKey::ExponentTooSmall)),
        (power(16), Err(WeakRsaKey::ExponentEven)),
        (
            vec![0, 0, 0, 0, 0, 0, 0, 3],
            Err(WeakRsaKey::ExponentTooSmall),
        ),
        (F4.to_vec(), Ok(())),
        (vec![1, 0, 3], Ok(())),
        (odd(power(64)), Ok(())),
        (vec![0xff; 32], Ok(())),
        (power(248), Err(WeakRsaKey::ExponentEven)),
        (power(256), Err(WeakRsaKey::ExponentTooLarge)),
        (odd(power(256)), Err(WeakRsaKey::ExponentTooLarge)),
        (modulus.clone(), Err(WeakRsaKey::ExponentTooLarge)),
    ] {
        assert_eq!(
            RsaPolicy::default().check(&modulus, &exponent),
            expected,
            "{exponent:x?}"
        );
    }
}

#[test]
fn sentences_for_clients() {
    for (refusal, sentence) in [
        (
            WeakRsaKey::TooSmall {
                bits: 1024,
                minimum: 2048,
            },
            "the RSA key has 1024 bits and needs at least 2048",
        ),
        (
            WeakRsaKey::TooLarge {
                bits: 9000,
                maximum: 8192,
            },
            "the RSA key has 9000 bits and may have at most 8192",
        ),
        (
            WeakRsaKey::OddSize { bits: 2049 },
            "the RSA key has 2049 bits, which is not a multiple of 8",
        ),
        (WeakRsaKey::EvenModulus, "the RSA modulus is even"),
        (
            WeakRsaKey::SmallFactor { prime: 3 },
            "the RSA modulus can be divided by 3",
        ),
        (WeakRsaKey::ExponentEven, "the RSA public exponent is even"),
        (
            WeakRsaKey::ExponentTooSmall,
            "the RSA public exponent is below 65537",
        ),
        (
            WeakRsaKey::ExponentTooLarge,
            "the RSA public exponent has more than 256 bits",
        ),
        (
            WeakRsaKey::Roca,
            "the RSA key was made by a library whose keys can be broken (CVE-2017-15361, \"ROCA\"): \
             make a new one elsewhere",
        ),
        (
            WeakRsaKey::Fermat,
            "the factors of the RSA modulus are too close together",
        ),
    ] {
        assert_eq!(refusal.to_string(), sentence);
    }
}
