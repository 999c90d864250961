//! Which names are well formed, and which are equal.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::*;

#[test]
fn host_names_keep_to_their_form() {
    for good in [
        "a",
        "a.b",
        "*.example.com",
        "_sip._tcp.example",
        "xn--4ca.example",
        "1.a",
    ] {
        assert!(AltName::Dns(good.into()).check().is_ok(), "{good}");
    }
    let long = format!("{}.example", "a".repeat(64));
    let longer = ["a23456789."; 26].concat() + "a";
    for bad in [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "*",
        "*.",
        "a.*.b",
        "w*.a",
        "*.*.a",
        "-a",
        "a-.b",
        "a b",
        "a,b",
        "a\nb",
        "a\0b",
        "é.example",
        "10.0.0.1",
        "a@b",
        &long,
        &longer,
    ] {
        assert!(AltName::Dns(bad.into()).check().is_err(), "{bad:?}");
    }
}

#[test]
fn mailboxes_and_identifiers_keep_to_their_form() {
    for good in [
        "email:a@example.com",
        "email:a.b+c@d.e",
        "URI:urn:x:y",
        "URI:spiffe://a/b",
        "ip:::1",
    ] {
        assert!(good.parse::<AltName>().is_ok(), "{good}");
    }
    for bad in [
        "email:a",
        "email:@b",
        "email:a@",
        "email:a b@c",
        "email:a@*.b",
        "email:\"a\"@b",
        "email:a..b@c",
        "URI:",
        "URI:x",
        "URI:x:",
        "URI:1:a",
        "URI:http://a b",
        "URI:http://é",
        "URI:http://a/%4",
        "URI:http://a/%zz",
        "IP:1.2.3",
        "x:y",
        "DNS",
    ] {
        assert!(bad.parse::<AltName>().is_err(), "{bad}");
    }
}

#[test]
fn equal_names_mean_the_same() {
    let name = |text: &str| text.parse::<AltName>().unwrap();
    assert_eq!(name("DNS:A.example"), name("dns:a.EXAMPLE"));
    assert_eq!(name("email:a@B.example"), name("email:a@b.example"));
    assert_ne!(name("email:A@b.example"), name("email:a@b.example"));
    assert_ne!(name("URI:x:A"), name("URI:x:a"));
    assert_eq!(name("IP:::1"), name("IP:0:0:0:0:0:0:0:1"));
}

#[test]
fn equal_names_have_one_place_in_a_set() {
    let names = [
        "DNS:a.example",
        "dns:A.example",
        "email:a@B",
        "email:a@b",
        "IP:::1",
        "URI:x:y",
    ];
    let set: HashSet<AltName> = names.iter().map(|name| name.parse().unwrap()).collect();
    assert_eq!(set.len(), 4);
    let hash = |name: &str| {
        let hasher = RandomState::new();
        let hashes = ["DNS:b", name].map(|name| hasher.hash_one(name.parse::<AltName>().unwrap()));
        hashes[0] == hashes[1]
    };
    assert!(hash("DNS:B") && !hash("DNS:c") && !hash("URI:x:b"));
}

#[test]
fn a_name_is_shown_with_its_kind_and_its_value_without() {
    for (text, value) in [
        ("DNS:a.example", "a.example"),
        ("IP:192.0.2.1", "192.0.2.1"),
        ("IP:2001:db8::1", "2001:db8::1"),
        ("email:a@b", "a@b"),
        ("URI:x:y", "x:y"),
    ] {
        let name: AltName = text.parse().unwrap();
        assert_eq!(
            (name.to_string(), name.value()),
            (text.to_owned(), value.to_owned())
        );
    }
    let error = "DNS:a..b".parse::<AltName>().unwrap_err().to_string();
    assert_eq!(error, "name \"DNS:a..b\": has an empty label");
}

#[test]
fn settings_and_files_keep_the_text_of_a_name() {
    let name: AltName = serde_json::from_str("\"dns:a.example\"").unwrap();
    assert_eq!(serde_json::to_value(&name).unwrap(), "DNS:a.example");
    let told = serde_json::from_str::<AltName>("\"DNS:a..b\"").unwrap_err();
    assert!(told.to_string().contains("has an empty label"), "{told}");
}
