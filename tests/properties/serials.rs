//! Serial numbers: positive, at most 20 octets as DER writes them, never the same twice.

use std::collections::HashSet;

use sapi::SerialNumber;

#[test]
fn a_hundred_thousand_differ_and_fit() {
    let mut seen = HashSet::new();
    let mut short = 0;
    for _ in 0..100_000 {
        let serial = SerialNumber::random().unwrap();
        let octets = serial.as_be_bytes();
        let sign = usize::from(octets[0] >= 0x80);
        assert!(octets[0] != 0 && (1..=20).contains(&(octets.len() + sign)));
        short += usize::from(octets.len() < 19);
        assert!(seen.insert(octets.to_vec()), "{serial} came twice");
    }
    // 159 random bits: below 2^144 comes once in 2^15.
    assert!(short < 30, "{short} of them are short: not random");
}

#[test]
fn bits_are_as_often_set_as_not() {
    let mut set = [0u32; 160];
    for _ in 0..4000 {
        let serial = SerialNumber::random().unwrap();
        let octets = serial.as_be_bytes();
        let padded = [&vec![0; 20 - octets.len()], octets].concat();
        for (bit, count) in set.iter_mut().enumerate() {
            *count += u32::from(padded[bit / 8] >> (7 - bit % 8) & 1);
        }
    }
    assert_eq!(set[0], 0, "the sign");
    // Eight standard deviations of 4000 throws of a coin.
    assert!(
        set[1..].iter().all(|count| (1747..=2253).contains(count)),
        "{set:?}"
    );
}
