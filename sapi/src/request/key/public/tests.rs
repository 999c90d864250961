//! Tests of keys in wrong forms.

use super::*;

fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| {
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        match content.len() {
            0..=127 => [&[tag, low], content].concat(),
            128..=255 => [&[tag, 0x81, low], content].concat(),
            _ => [&[tag, 0x82, high, low], content].concat(),
        }
    };
    let bits = tlv(3, &[&[0], key].concat());
    tlv(0x30, &[tlv(0x30, algorithm), bits].concat())
}

fn fault(algorithm: &[u8], key: &[u8]) -> Option<String> {
    let spki = spki(algorithm, key);
    read_spki(&spki).err().map(|error| error.to_string())
}

const P256_ALGORITHM: &[u8] = &[
    6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7,
];

#[test]
fn points_in_the_wrong_form_are_called_by_it() {
    let point = |first: u8, octets: usize| {
        let key = [vec![first], vec![1; octets]].concat();
        fault(P256_ALGORITHM, &key).unwrap_or_default()
    };
    assert_eq!(point(4, 64), "");
    for first in [2, 3] {
        assert!(point(first, 32).contains("compressed"), "{first}");
    }
    for first in [6, 7] {
        assert!(point(first, 64).contains("hybrid"), "{first}");
    }
    assert!(point(0, 0).contains("infinity"));
    for (first, octets) in [
        (4, 63),
        (4, 65),
        (4, 32),
        (2, 31),
        (3, 64),
        (6, 63),
        (7, 32),
        (0, 1),
        (0, 64),
        (5, 64),
    ] {
        let reason = point(first, octets);
        assert!(
            reason.contains("wrong length for its curve"),
            "{first} {octets}: {reason}"
        );
    }
    assert!(fault(P256_ALGORITHM, &[]).unwrap().contains("length"));
}

#[test]
fn the_length_of_a_number_is_that_of_its_bits() {
    for (number, bits) in [
        (&[][..], 0),
        (&[1], 1),
        (&[0x80], 8),
        (&[1, 0], 9),
        (&[0xff; 256], 2048),
        (&[[0x7f].as_slice(), &[0; 255]].concat(), 2047),
    ] {
        assert_eq!(bit_length(number), bits);
    }
}

#[test]
fn ml_dsa_keys_have_one_length_and_no_parameters() {
    for (last, length, kind) in [
        (17, 1312, KeyKind::MlDsa44),
        (18, 1952, KeyKind::MlDsa65),
        (19, 2592, KeyKind::MlDsa87),
    ] {
        let algorithm = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, last];
        let with_null = [&algorithm[..], &[5, 0]].concat();
        let key = vec![1; length];
        let good = spki(&algorithm, &key);
        assert_eq!(read_spki(&good).unwrap().kind(), kind);
        for (algorithm, octets) in [
            (&algorithm[..], length - 1),
            (&algorithm, length + 1),
            (&with_null, length),
        ] {
            let reason = fault(algorithm, &vec![1; octets]).unwrap();
            assert!(reason.contains("the form of RFC 9881"), "{reason}");
        }
    }
    let unknown = fault(&[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 20], &[1]).unwrap();
    assert!(
        unknown.contains("a key of the algorithm 2.16.840.1.101.3.4.3.20"),
        "{unknown}"
    );
}
