use super::*;

fn wish() -> Wish {
    Wish {
        subject: DistinguishedName::from_fields([("CN", "web01"), ("O", "Example, Inc.")]).unwrap(),
        names: [
            "DNS:www.example.com",
            "IP:2001:db8::1",
            "IP:192.0.2.1",
            "email:a@example.com",
            "URI:spiffe://a/b",
        ]
        .map(|name| name.parse().unwrap())
        .to_vec(),
    }
}

#[test]
fn every_kind_of_key_asks_for_every_kind_of_name() {
    for kind in [
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::Ed25519,
        KeyKind::Rsa2048,
    ] {
        let enrolment = Enrolment::new(kind, &wish()).unwrap();
        assert!(
            enrolment.asks_for(&wish()) && enrolment.has_key_of(kind),
            "{kind}"
        );
        let again = Enrolment::from_pem(&enrolment.to_pem()).unwrap();
        assert_eq!(again.request_pem(), enrolment.request_pem());
        assert!(again.is_for_key(&enrolment.to_pem()));
    }
}

#[test]
fn another_wish_is_noticed() {
    let enrolment = Enrolment::new(KeyKind::P256, &wish()).unwrap();
    let mut fewer = wish();
    fewer.names.pop();
    let mut other = wish();
    other.subject = DistinguishedName::from_fields([("CN", "web02")]).unwrap();
    assert!(!enrolment.asks_for(&fewer) && !enrolment.asks_for(&other));
    assert!(!enrolment.has_key_of(KeyKind::P384));
}

#[test]
fn a_request_that_the_server_would_refuse_is_not_made() {
    let mut wrong = wish();
    wrong.names = vec![AltName::Dns("a b".into())];
    assert!(Enrolment::new(KeyKind::P256, &wrong).is_err());
    let weak = openssl::rsa::Rsa::generate(1024)
        .unwrap()
        .private_key_to_pem()
        .unwrap();
    let error = Enrolment::with_key_pem(&weak, &wish()).unwrap_err();
    assert!(error.to_string().contains("1024"), "{error}");
}

#[test]
fn a_key_and_a_request_of_another_key_are_no_enrolment() {
    let [one, other] = [(); 2].map(|()| Enrolment::new(KeyKind::P256, &wish()).unwrap());
    let mut mixed = key_pem(&one.key);
    mixed.extend_from_slice(other.request_pem().as_bytes());
    assert!(
        Enrolment::from_pem(&mixed)
            .unwrap_err()
            .to_string()
            .contains("another key")
    );
}
