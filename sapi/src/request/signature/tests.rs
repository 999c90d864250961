//! Tests of the schemes, and of verification.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;

use super::pss::{TRAILER_1, parameters_of};
use super::*;
use crate::request::read_spki;

fn read(kind: &str, parameters: Option<&[u8]>) -> Result<Scheme, String> {
    let kind = ObjectIdentifier::new_unwrap(kind);
    let parameters = parameters.map(|der| AnyRef::try_from(der).unwrap());
    Scheme::read(kind, parameters).map_err(|error| error.to_string())
}

const RSA_SHA256: &str = "1.2.840.113549.1.1.11";
const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
const ED25519: &str = "1.3.101.112";

#[test]
fn parameters_are_left_out_or_null_where_that_is_usual() {
    for (kind, scheme) in [
        (RSA_SHA256, Scheme::RsaPkcs1(Digest::Sha256)),
        (ECDSA_SHA256, Scheme::Ecdsa(Digest::Sha256)),
    ] {
        assert_eq!(read(kind, None), Ok(scheme));
        assert_eq!(read(kind, Some(&[5, 0])), Ok(scheme));
        for odd in [&[5, 1, 0][..], &[0x30, 0], &[4, 0]] {
            let error = read(kind, Some(odd)).unwrap_err();
            assert!(
                error.contains("parameters that its scheme does not allow"),
                "{error}"
            );
        }
    }
    assert_eq!(read(ED25519, None), Ok(Scheme::Ed25519));
    assert!(read(ED25519, Some(&[5, 0])).is_err());
    let ml_dsa = "2.16.840.1.101.3.4.3.17";
    assert_eq!(read(ml_dsa, None), Ok(Scheme::MlDsa(KeyKind::MlDsa44)));
    assert!(read(ml_dsa, Some(&[5, 0])).is_err());
}

#[test]
fn weak_and_unknown_schemes_are_named() {
    for (kind, text) in [
        ("1.2.840.113549.1.1.4", "MD5 is broken"),
        ("1.2.840.113549.1.1.5", "SHA-1 is too weak"),
        ("1.2.840.113549.1.1.14", "SHA-224 is too short"),
        ("1.2.3.4", "1.2.3.4 is not known"),
        ("1.2.840.113549.1.1.10", "RSASSA-PSS parameters other than"),
    ] {
        let error = read(kind, None).unwrap_err();
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn pss_has_one_digest_throughout_and_a_salt_of_its_length() {
    let pss = |parameters: &[u8]| {
        let length = u8::try_from(parameters.len()).unwrap();
        read(
            "1.2.840.113549.1.1.10",
            Some(&[&[0x30, length], parameters].concat()),
        )
    };
    for (digest, last, salt) in [
        (Digest::Sha256, 1, 32),
        (Digest::Sha384, 2, 48),
        (Digest::Sha512, 3, 64),
    ] {
        for null in [&[5, 0][..], &[]] {
            let good = parameters_of(last, salt, null);
            assert_eq!(pss(&good), Ok(Scheme::RsaPss(digest)));
            assert_eq!(
                pss(&[&good, TRAILER_1].concat()),
                Ok(Scheme::RsaPss(digest))
            );
            assert!(pss(&[&good[..], &[0xa3, 3, 2, 1, 2]].concat()).is_err());
            assert!(pss(&parameters_of(last, salt + 1, null)).is_err());
            assert!(pss(&good[..good.len() - 1]).is_err());
        }
    }
    assert!(pss(&parameters_of(1, 48, &[])).is_err());
    assert!(pss(&[]).is_err());
    // The same octets in a SET.
    let set = [&[0x31, 48][..], &parameters_of(1, 32, &[])].concat();
    let set = read(
        "1.2.840.113549.1.1.10",
        Some(&[&[0x31, u8::try_from(set.len() - 2).unwrap()], &set[2..]].concat()),
    );
    assert!(set.is_err());
}

fn fits(kind: KeyKind, scheme: Scheme) -> bool {
    match scheme {
        Scheme::RsaPkcs1(_) | Scheme::RsaPss(_) => kind.is_rsa(),
        Scheme::Ecdsa(_) => matches!(kind, KeyKind::P256 | KeyKind::P384 | KeyKind::P521),
        Scheme::Ed25519 => kind == KeyKind::Ed25519,
        Scheme::MlDsa(of) => kind == of,
    }
}

#[test]
fn a_signature_holds_for_its_message_key_and_scheme_alone() {
    let rsa = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let curves = [KeyKind::P256, KeyKind::P384, KeyKind::P521];
    let curves = curves.map(|curve| (curve, curve.generate().unwrap()));
    let ed = PKey::generate_ed25519().unwrap();
    let public = |key: &PKey<openssl::pkey::Private>| {
        PKey::public_key_from_der(&key.public_key_to_der().unwrap()).unwrap()
    };
    let sign = |key: &PKey<openssl::pkey::Private>, digest: Option<MessageDigest>| {
        let mut signer = match digest {
            Some(digest) => openssl::sign::Signer::new(digest, key).unwrap(),
            None => openssl::sign::Signer::new_without_digest(key).unwrap(),
        };
        signer.sign_oneshot_to_vec(b"message").unwrap()
    };
    let mut all = Vec::new();
    for (digest, theirs) in [
        (Digest::Sha256, MessageDigest::sha256()),
        (Digest::Sha384, MessageDigest::sha384()),
        (Digest::Sha512, MessageDigest::sha512()),
    ] {
        let bits = KeyKind::Rsa { bits: 2048 };
        all.push((
            Scheme::RsaPkcs1(digest),
            bits,
            public(&rsa),
            sign(&rsa, Some(theirs)),
        ));
        for (curve, key) in &curves {
            let signature = sign(key, Some(theirs));
            all.push((Scheme::Ecdsa(digest), *curve, public(key), signature));
        }
    }
    all.push((
        Scheme::Ed25519,
        KeyKind::Ed25519,
        public(&ed),
        sign(&ed, None),
    ));
    for (scheme, kind, key, signature) in &all {
        let verify = |scheme: Scheme, message: &[u8], signature: &[u8]| {
            let spki = key.public_key_to_der().unwrap();
            let numbers = read_spki(&spki).unwrap();
            let verified = scheme.verify(&numbers, key, message, signature).is_ok();
            let openssl = scheme.holds(key, message, signature).unwrap_or(false);
            assert_eq!(verified, openssl && fits(*kind, scheme), "{scheme:?}");
            verified
        };
        assert!(verify(*scheme, b"message", signature), "{scheme:?}");
        assert!(!verify(*scheme, b"massage", signature), "{scheme:?}");
        assert!(!verify(*scheme, b"message", &signature[1..]), "{scheme:?}");
        assert!(
            !verify(*scheme, b"message", &[signature, &[0][..]].concat()),
            "{scheme:?}"
        );
        for (other, ..) in all.iter().filter(|(other, ..)| other != scheme) {
            assert!(
                !verify(*other, b"message", signature),
                "{scheme:?} {other:?}"
            );
        }
    }
}

#[test]
fn ecdsa_values_are_two_positive_minimal_integers() {
    assert!(is_ecdsa_value(&[0x30, 6, 2, 1, 1, 2, 1, 1]));
    for bad in [
        &[0x30, 6, 2, 1, 0, 2, 1, 1][..],
        &[0x30, 6, 2, 1, 1, 2, 1, 0],
        &[0x30, 6, 2, 1, 0xff, 2, 1, 1],
        &[0x30, 7, 2, 2, 0, 1, 2, 1, 1],
        &[0x30, 3, 2, 1, 1],
        &[0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1],
        &[0x30, 6, 2, 1, 1, 2, 1, 1, 0],
        &[0x31, 6, 2, 1, 1, 2, 1, 1],
    ] {
        assert!(!is_ecdsa_value(bad), "{bad:?}");
    }
}
