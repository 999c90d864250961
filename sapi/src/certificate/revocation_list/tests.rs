//! Tests of lists: OpenSSL reads good lists, and bad lists are refused.

use std::time::Duration;

use openssl::asn1::Asn1Time;
use openssl::x509::{CrlStatus, ReasonCode, X509Crl};

use super::*;
use crate::testing::Authority;

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

fn entry(serial: u8, reason: u8) -> RevokedEntry {
    RevokedEntry {
        serial: SerialNumber::from_be_bytes(&[serial]).unwrap(),
        revoked_at: noon() - Duration::from_secs(60),
        reason,
    }
}

fn list(entries: Vec<RevokedEntry>) -> RevocationList {
    RevocationList {
        number: 7,
        this_update: noon(),
        next_update: noon() + Duration::from_secs(86_400),
        entries,
    }
}

#[test]
fn openssl_reads_what_was_written() {
    let ca = Authority::new();
    let signed = ca
        .identity()
        .sign_revocation_list(&list(vec![entry(5, 0), entry(0x80, 1)]))
        .unwrap();
    let read = X509Crl::from_pem(signed.pem().as_bytes()).unwrap();
    assert_eq!(read.to_der().unwrap(), signed.der());
    assert!(
        read.verify(&ca.certificate().public_key().unwrap())
            .unwrap()
    );
    let names =
        [read.issuer_name(), ca.certificate().subject_name()].map(|name| name.to_der().unwrap());
    assert_eq!(names[0], names[1]);
    let at = |seconds| Asn1Time::from_unix(seconds).unwrap();
    assert!(read.last_update() == at(1_800_000_000));
    assert!(read.next_update().unwrap() == at(1_800_086_400));

    let revoked = read.get_revoked().unwrap();
    let all: Vec<_> = revoked
        .iter()
        .map(|entry| {
            assert!(entry.revocation_date() == at(1_799_999_940));
            let reason = entry.extension::<ReasonCode>().unwrap();
            let reason = reason.map(|(critical, code)| (critical, code.get_i64().unwrap()));
            (entry.serial_number().to_bn().unwrap().to_vec(), reason)
        })
        .collect();
    // The reason "unspecified" is not written (RFC 5280 section 5.3.1).
    assert_eq!(all, [(vec![5], None), (vec![0x80], Some((false, 1)))]);
    // The CRL number, and the key identifier of the CA.
    let number = [6, 3, 0x55, 0x1d, 20, 4, 3, 2, 1, 7];
    assert!(
        signed
            .der()
            .windows(number.len())
            .any(|window| window == number)
    );
    let identity = ca.identity();
    let key_id = identity.issuer().authority_key_id();
    assert!(
        signed
            .der()
            .windows(key_id.len())
            .any(|window| window == key_id)
    );
    let mut serial = openssl::bn::BigNum::from_u32(5)
        .unwrap()
        .to_asn1_integer()
        .unwrap();
    assert!(matches!(read.get_by_serial(&serial), CrlStatus::Revoked(_)));
    serial = openssl::bn::BigNum::from_u32(6)
        .unwrap()
        .to_asn1_integer()
        .unwrap();
    assert!(matches!(read.get_by_serial(&serial), CrlStatus::NotRevoked));
}

#[test]
fn a_list_without_entries_has_no_list() {
    let signed = Authority::new()
        .identity()
        .sign_revocation_list(&list(Vec::new()))
        .unwrap();
    let read = X509Crl::from_der(signed.der()).unwrap();
    assert!(read.get_revoked().is_none());
}

#[test]
fn what_is_no_list_is_said() {
    let refused = |list: &RevocationList| {
        let signed = Authority::new().identity().sign_revocation_list(list);
        signed.map(drop).map_err(|error| error.to_string())
    };
    let good = list(vec![entry(5, 0)]);
    assert_eq!(refused(&good), Ok(()));
    let number = RevocationList {
        number: 0,
        ..good.clone()
    };
    assert!(refused(&number).unwrap_err().starts_with("number: "));
    for next_update in [noon(), noon() - Duration::from_secs(1)] {
        let dates = RevocationList {
            next_update,
            ..good.clone()
        };
        assert!(refused(&dates).unwrap_err().starts_with("next_update: "));
    }
    let at = |revoked_at| {
        list(vec![RevokedEntry {
            revoked_at,
            ..entry(5, 0)
        }])
    };
    assert_eq!(refused(&at(noon())), Ok(()));
    let future = refused(&at(noon() + Duration::from_secs(1))).unwrap_err();
    assert!(
        future.contains("is revoked after the list was made"),
        "{future}"
    );
    for reason in 0..=20 {
        let known = (0..=10).contains(&reason) && ![7, 8].contains(&reason);
        assert_eq!(
            refused(&list(vec![entry(5, reason)])).is_ok(),
            known,
            "{reason}"
        );
    }
    let twice = refused(&list(vec![entry(5, 0), entry(5, 1)])).unwrap_err();
    assert!(twice.contains("is listed twice"), "{twice}");
}
