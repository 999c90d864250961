//! Which public keys a request may bring.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::ec::{EcGroup, PointConversionForm};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;
use sapi::testing::{RequestBuilder, TestKey};
use sapi::{CertRequest, RequestPolicy};

fn slug_of_spki(spki: &[u8]) -> &'static str {
    refusal(&RequestBuilder::new().common_name("a").public_key_der(spki))
}

fn refusal(builder: &RequestBuilder) -> &'static str {
    builder
        .try_build()
        .map_or_else(|refusal| refusal.slug(), |_| "accepted")
}

fn with_key(key: TestKey) -> &'static str {
    refusal(&RequestBuilder::new().common_name("a").key(key))
}

#[test]
fn rsa_of_2048_to_8192_bits_in_steps_of_8() {
    for bits in [512, 1024, 2040, 2047, 2052] {
        assert_eq!(with_key(TestKey::rsa(bits)), "weak-key", "{bits}");
    }
    for bits in [2048, 2056] {
        assert_eq!(with_key(TestKey::rsa(bits)), "accepted", "{bits}");
    }
    // A modulus that is too long is refused before any arithmetic, so any number will do.
    for bits in [8200, 16_384] {
        assert_eq!(
            slug_of_spki(&rsa_spki(&odd_number(bits), 65_537)),
            "weak-key"
        );
    }
    let policy = RequestPolicy::default().with_rsa_bits(3072, 4096).unwrap();
    let small = RequestBuilder::new().key(TestKey::rsa(2048)).build_der();
    assert_eq!(
        CertRequest::read(&small, &policy).unwrap_err().slug(),
        "weak-key"
    );
}

#[test]
fn rsa_that_can_be_broken() {
    let sound = TestKey::rsa(2048);
    let modulus = sound.private_key().rsa().unwrap().n().to_owned().unwrap();
    for exponent in [1, 3, 17, 65_536] {
        assert_eq!(
            slug_of_spki(&rsa_spki(&modulus, exponent)),
            "weak-key",
            "{exponent}"
        );
    }
    let mut even = modulus.to_owned().unwrap();
    even.sub_word(1).unwrap();
    assert_eq!(slug_of_spki(&rsa_spki(&even, 65_537)), "weak-key");
    assert_eq!(
        slug_of_spki(&rsa_spki(&multiple_of(751, 2048), 65_537)),
        "weak-key"
    );
    assert_eq!(slug_of_spki(&rsa_spki(&close_primes(), 65_537)), "weak-key");
    // The same key with nothing wrong is refused for its signature alone.
    assert_eq!(slug_of_spki(&rsa_spki(&modulus, 65_537)), "bad-signature");
}

#[test]
fn curves_in_named_form_alone() {
    for curve in [Nid::SECP256K1, Nid::SECP224R1, Nid::BRAINPOOL_P256R1] {
        assert_eq!(
            with_key(TestKey::on_curve(curve)),
            "unsupported-key",
            "{curve:?}"
        );
    }
    let key = TestKey::p256();
    let ec = key.private_key().ec_key().unwrap();
    let mut context = BigNumContext::new().unwrap();
    let form = PointConversionForm::COMPRESSED;
    let point = ec
        .public_key()
        .to_bytes(ec.group(), form, &mut context)
        .unwrap();
    let named =
        b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    assert_eq!(slug_of_spki(&spki(named, &point)), "unsupported-key");
    assert_eq!(slug_of_spki(&spki(named, &[0])), "invalid-key");
    let mut explicit = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    explicit.set_asn1_flag(openssl::ec::Asn1Flag::EXPLICIT_CURVE);
    let explicit = openssl::ec::EcKey::generate(&explicit).unwrap();
    let explicit = PKey::from_ec_key(explicit)
        .unwrap()
        .public_key_to_der()
        .unwrap();
    assert_eq!(slug_of_spki(&explicit), "unsupported-key");
}

#[test]
fn points_off_their_curve() {
    for key in [TestKey::p256(), TestKey::p384(), TestKey::p521()] {
        let mut spki = key.spki();
        *spki.last_mut().unwrap() ^= 1;
        assert_eq!(slug_of_spki(&spki), "invalid-key");
    }
    let mut long = TestKey::p256().spki();
    long.push(0);
    assert_eq!(slug_of_spki(&long), "malformed-request");
}

#[test]
fn kinds_of_key_that_sign_nothing_here() {
    let x25519 = TestKey::from(PKey::generate_x25519().unwrap());
    assert_eq!(slug_of_spki(&x25519.spki()), "unsupported-key");
    let ed448 = TestKey::from(PKey::generate_ed448().unwrap());
    assert_eq!(slug_of_spki(&ed448.spki()), "unsupported-key");
    let dsa = openssl::dsa::Dsa::generate(1024).unwrap();
    let dsa = PKey::from_dsa(dsa).unwrap().public_key_to_der().unwrap();
    assert_eq!(slug_of_spki(&dsa), "unsupported-key");
}

#[test]
fn keys_on_the_operators_list() {
    let key = TestKey::p256();
    let digest = openssl::sha::sha256(&key.spki());
    let policy = RequestPolicy::default().with_blocked_keys([digest]);
    let blocked = RequestBuilder::new().key(key).build_der();
    assert_eq!(
        CertRequest::read(&blocked, &policy).unwrap_err().slug(),
        "blocked-key"
    );
    assert!(CertRequest::read(&RequestBuilder::new().build_der(), &policy).is_ok());
}

fn rsa_spki(modulus: &BigNumRef, exponent: u32) -> Vec<u8> {
    let modulus = modulus.to_owned().unwrap();
    let exponent = BigNum::from_u32(exponent).unwrap();
    let key: Rsa<Public> = Rsa::from_public_components(modulus, exponent).unwrap();
    PKey::from_rsa(key).unwrap().public_key_to_der().unwrap()
}

fn odd_number(bits: i32) -> BigNum {
    let mut number = BigNum::new().unwrap();
    number
        .rand(bits, openssl::bn::MsbOption::TWO_ONES, true)
        .unwrap();
    number
}

fn prime(bits: i32) -> BigNum {
    let mut prime = BigNum::new().unwrap();
    prime.generate_prime(bits, false, None, None).unwrap();
    prime
}

/// A number of exactly this length, with this small prime as its smallest factor.
fn multiple_of(factor: u32, bits: i32) -> BigNum {
    // OpenSSL sets the two highest bits of a prime, so 751 of them take ten bits more.
    let mut product = prime(bits - 10);
    product.mul_word(factor).unwrap();
    assert_eq!(product.num_bits(), bits);
    product
}

/// A prime times the next one: Fermat's method finds them in the first round.
fn close_primes() -> BigNum {
    let mut context = BigNumContext::new().unwrap();
    let first = prime(1024);
    let mut second = first.to_owned().unwrap();
    loop {
        second.add_word(2).unwrap();
        if second.is_prime(20, &mut context).unwrap() {
            break;
        }
    }
    let mut product = BigNum::new().unwrap();
    product.checked_mul(&first, &second, &mut context).unwrap();
    product
}

fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let bits = [&[3, u8::try_from(key.len() + 1).unwrap(), 0], key].concat();
    let length = u8::try_from(algorithm.len() + bits.len()).unwrap();
    [&[0x30, length], algorithm, &bits].concat()
}
