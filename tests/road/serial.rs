//! Serial numbers in certificates.

use std::collections::HashSet;

use sapi::SerialNumber;
use sapi::Validity;
use sapi::testing::Harness;
use sapi_tests::verifiers::everybody_accepts;

use super::scripted::{Scripted, request};

#[tokio::test]
async fn chosen_by_chance_they_are_positive_short_and_different() {
    let harness = Harness::new(Scripted::granting(Validity::days(1)));
    let request = request();
    let mut seen = HashSet::new();
    for _ in 0..200 {
        let certificate = harness.issue("web01", &request).await.unwrap();
        let parsed = certificate.as_openssl().unwrap();
        let number = parsed.serial_number().to_bn().unwrap();
        assert!(!number.is_negative() && number.num_bits() <= 159);
        assert_eq!(number.to_vec(), certificate.serial().as_be_bytes());
        assert!(seen.insert(number.to_vec()), "a serial number twice");
    }
}

#[tokio::test]
async fn chosen_by_a_hook_they_are_written_exactly() {
    let longest = [0x7f; 20];
    for octets in [
        &[1][..],
        &[0x7f],
        &[0x80],
        &[0xff, 0],
        &[0x80; 19],
        &longest,
    ] {
        let serial = SerialNumber::from_be_bytes(octets).unwrap();
        let hooks = Scripted::granting(Validity::days(1)).serial(move || Ok(Some(serial.clone())));
        let harness = Harness::new(hooks);
        let certificate = harness.issue("web01", &request()).await.unwrap();
        let parsed = certificate.as_openssl().unwrap();
        let number = parsed.serial_number().to_bn().unwrap();
        assert!(!number.is_negative());
        assert_eq!(number.to_vec(), octets);
        everybody_accepts(&harness.ca().pem(), certificate.pem());
    }
}
