//! Tests of attributes and extensions, written octet by octet.

use super::*;

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    let head = match length {
        0..=127 => vec![tag, low],
        128..=255 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, content.to_vec()].concat()
}

/// The identifier 2.5.99.n, which nobody uses.
fn arc(n: u8) -> Vec<u8> {
    tlv(6, &[0x55, 99, n])
}

fn attribute(kind: &[u8], values: &[u8]) -> Vec<u8> {
    tlv(0x30, &[kind, &tlv(0x31, values)].concat())
}

fn extension_request(extensions: &[u8]) -> Vec<u8> {
    let kind = tlv(6, EXTENSION_REQUEST.as_bytes());
    attribute(&kind, &tlv(0x30, extensions))
}

fn extension(kind: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[kind, &tlv(4, value)].concat())
}

fn slug(set: &[u8]) -> Option<&'static str> {
    read_attributes(set, 100).err().map(|error| error.slug())
}

#[test]
fn sixty_four_of_each_and_no_more() {
    let attributes = |count| -> Vec<u8> {
        (0..count)
            .flat_map(|n| attribute(&arc(n), &[5, 0]))
            .collect()
    };
    assert_eq!(read_attributes(&attributes(64), 100).unwrap().all.len(), 64);
    assert_eq!(slug(&attributes(65)), Some("malformed-request"));
    let extensions = |count| -> Vec<u8> {
        let all: Vec<u8> = (0..count).flat_map(|n| extension(&arc(n), &[])).collect();
        extension_request(&all)
    };
    assert_eq!(slug(&extensions(64)), None);
    assert_eq!(slug(&extensions(65)), Some("malformed-request"));
}

#[test]
fn none_stands_twice() {
    let twice = attribute(&arc(1), &[5, 0]).repeat(2);
    assert_eq!(slug(&twice), Some("duplicate-attribute"));
    // Microsoft's attribute means the same as the standard one, before it or after it.
    let (standard, values) = (extension_request(&[]), tlv(0x30, &[]));
    let microsoft = attribute(&tlv(6, MS_CERT_EXTENSIONS.as_bytes()), &values);
    for set in [
        [standard.clone(), microsoft.clone()],
        [microsoft.clone(), standard.clone()],
    ] {
        assert_eq!(slug(&set.concat()), Some("duplicate-attribute"));
    }
    let other = attribute(&arc(1), &[5, 0]);
    assert_eq!(slug(&[other.clone(), standard].concat()), None);
    assert_eq!(slug(&[other, microsoft].concat()), None);
    let twice = extension(&arc(1), &[]).repeat(2);
    assert_eq!(
        slug(&extension_request(&twice)),
        Some("duplicate-extension")
    );
}

#[test]
fn values_that_nobody_reads_are_der_all_the_same() {
    let with = |values: &[u8]| slug(&attribute(&arc(1), values));
    for good in [
        &[][..],
        &[1, 1, 0xff],
        &[1, 1, 0],
        &[2, 1, 0x80],
        &[2, 2, 0, 0x80],
        &[5, 0],
        &[5, 0, 5, 0],
        &[0x0c, 2, b'h', b'i'],
    ] {
        assert_eq!(with(good), None, "{good:?}");
    }
    for bad in [
        &[1, 2, 0xff, 0xff][..],
        &[1, 1, 1],
        &[2, 2, 0, 0x7f],
        &[2, 0],
        &[5, 1, 0],
        &[5],
        &[0x0c, 3, b'h'],
        &[5, 0, 1],
    ] {
        assert_eq!(with(bad), Some("malformed-request"), "{bad:?}");
    }
}

#[test]
fn what_only_a_ca_has_is_refused_in_any_form() {
    let constraints = |content: &[u8]| {
        let value = tlv(0x30, content);
        slug(&extension_request(&extension(
            &tlv(6, &[0x55, 0x1d, 19]),
            &value,
        )))
    };
    for leaf in [&[][..], &[1, 1, 0], &[2, 1, 3], &[1, 1, 0, 2, 1, 3]] {
        assert_eq!(constraints(leaf), None, "{leaf:?}");
    }
    for ca in [&[1, 1, 0xff][..], &[1, 1, 0xff, 2, 1, 0]] {
        assert_eq!(constraints(ca), Some("ca-requested"), "{ca:?}");
    }
    for broken in [&[1, 1, 2][..], &[2, 1, 0xff], &[2, 1, 0, 5, 0], &[5, 0]] {
        assert_eq!(constraints(broken), Some("malformed-request"), "{broken:?}");
    }
    let usage = |bits: &[u8]| {
        slug(&extension_request(&extension(
            &tlv(6, &[0x55, 0x1d, 15]),
            bits,
        )))
    };
    assert_eq!(usage(&[3, 2, 0, 0b1111_1001]), None);
    assert_eq!(usage(&[3, 2, 2, 0b0000_0100]), Some("ca-requested"));
    assert_eq!(usage(&[3, 2, 1, 0b0000_0010]), Some("ca-requested"));
    assert_eq!(
        usage(&[3, 2, 0, 0b1000_0000, 5, 0]),
        Some("malformed-request")
    );
}

#[test]
fn critical_is_true_or_left_out() {
    let critical = |boolean: &[u8]| {
        let content = [&arc(1), boolean, &tlv(4, &[])].concat();
        slug(&extension_request(&tlv(0x30, &content)))
    };
    assert_eq!(critical(&[]), None);
    assert_eq!(critical(&[1, 1, 0xff]), None);
    assert_eq!(critical(&[1, 1, 0]), Some("malformed-request"));
}
