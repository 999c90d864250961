//! The key policy, with OpenSSL's arithmetic as oracle: what it passes has none of the known flaws.

use std::sync::LazyLock;

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::pkey::PKey;
use sapi::RequestPolicy;

/// An input that begins with 0x30 is a SubjectPublicKeyInfo; any other is the length of an
/// exponent, the exponent, and a modulus.
pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((0x30, _)) => check_spki(data),
        Some((length, rest)) => {
            let (exponent, modulus) = rest.split_at(rest.len().min(usize::from(*length)));
            if sapi::internals::accepts_rsa(modulus, exponent) {
                check_numbers(modulus, exponent);
            }
        }
        None => {}
    }
}

fn check_spki(spki: &[u8]) {
    let Ok(key) = sapi::internals::key(spki, &RequestPolicy::default()) else {
        return;
    };
    let openssl = PKey::public_key_from_der(spki).expect("OpenSSL reads what we accept");
    assert!(openssl.public_eq(&key), "OpenSSL reads another key");
    if let Ok(rsa) = key.rsa() {
        check_numbers(&rsa.n().to_vec(), &rsa.e().to_vec());
    } else {
        assert_eq!(openssl.public_key_to_der().unwrap(), spki, "re-encoded");
    }
    if let Ok(curve) = key.ec_key() {
        curve.check_key().expect("the point is on its curve");
    }
}

fn check_numbers(modulus: &[u8], exponent: &[u8]) {
    let mut context = BigNumContext::new().unwrap();
    let n = BigNum::from_slice(modulus).unwrap();
    let e = BigNum::from_slice(exponent).unwrap();
    let bits = n.num_bits();
    assert!(
        (2048..=8192).contains(&bits) && bits % 8 == 0,
        "{bits} bits"
    );
    assert!(e.is_bit_set(0) && e.num_bits() <= 256 && e >= BigNum::from_u32(65537).unwrap());
    let mut common = BigNum::new().unwrap();
    common.gcd(&n, &PRIMES_BELOW_752, &mut context).unwrap();
    assert_eq!(common, BigNum::from_u32(1).unwrap(), "a small factor");
    assert!(!has_close_factors(&n, &mut context), "Fermat");
}

/// A hundred rounds of Fermat's way: is `a * a - n` a square, for `a` from the root of `n` upwards?
fn has_close_factors(n: &BigNumRef, context: &mut BigNumContext) -> bool {
    let mut a = root(n, context);
    let mut square = BigNum::new().unwrap();
    square.sqr(&a, context).unwrap();
    if square == *n {
        return true;
    }
    for _ in 0..100 {
        a.add_word(1).unwrap();
        square.sqr(&a, context).unwrap();
        let rest = &square - n;
        // Few numbers are squares by their last octet; most stop here.
        let last = rest.to_vec().last().copied().unwrap_or(0);
        if !matches!(last & 15, 0 | 1 | 4 | 9) {
            continue;
        }
        let candidate = root(&rest, context);
        square.sqr(&candidate, context).unwrap();
        if square == rest {
            return true;
        }
    }
    false
}

/// The largest number whose square is not above `n`, by Newton's way.
fn root(n: &BigNumRef, context: &mut BigNumContext) -> BigNum {
    let mut guess = BigNum::new().unwrap();
    guess
        .lshift(&BigNum::from_u32(1).unwrap(), n.num_bits() / 2 + 1)
        .unwrap();
    loop {
        let mut next = BigNum::new().unwrap();
        next.checked_div(n, &guess, context).unwrap();
        let sum = &next + &guess;
        next.rshift1(&sum).unwrap();
        if next >= guess {
            return guess;
        }
        guess = next;
    }
}

static PRIMES_BELOW_752: LazyLock<BigNum> = LazyLock::new(|| {
    let is_prime = |n: &u32| {
        (2..*n)
            .take_while(|d| d * d <= *n)
            .all(|d| !n.is_multiple_of(d))
    };
    let mut product = BigNum::from_u32(1).unwrap();
    (2..752)
        .filter(is_prime)
        .for_each(|prime| product.mul_word(prime).unwrap());
    product
});

/// Keys of every kind, and numbers.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let keys = crate::generated::keys();
    let mut seeds: Vec<_> = keys.iter().map(sapi::testing::TestKey::spki).collect();
    let rsa = keys[4].private_key().rsa().unwrap();
    seeds.push([&[3, 1, 0, 1], &rsa.n().to_vec()[..]].concat());
    let square = &(rsa.p().unwrap() * rsa.p().unwrap()).to_vec();
    seeds.push([&[3, 1, 0, 1], &square[..]].concat());
    seeds
}
