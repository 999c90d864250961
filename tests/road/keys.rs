//! Every kind of key, of CAs and of clients.

use sapi::testing::{Authority, Harness, RequestBuilder, TestKey};
use sapi::{KeyKind, Validity};
use sapi_tests::verifiers::{everybody_accepts, gnutls_verify, openssl_text, openssl_verify};

use super::scripted::{Scripted, request};

#[tokio::test]
async fn every_kind_of_ca_key_signs_with_a_digest_of_its_strength() {
    for (key, algorithm) in [
        (TestKey::p256(), "ecdsa-with-SHA256"),
        (TestKey::p384(), "ecdsa-with-SHA384"),
        (TestKey::p521(), "ecdsa-with-SHA512"),
        (TestKey::ed25519(), "ED25519"),
        (TestKey::rsa(2048), "sha256WithRSAEncryption"),
        (TestKey::rsa(3072), "sha256WithRSAEncryption"),
    ] {
        let ca = Authority::new().with_key(key);
        let harness = Harness::new(Scripted::granting(Validity::days(1))).authority(ca);
        let certificate = harness.issue("web01", &request()).await.unwrap();
        let (ca, leaf) = (harness.ca().pem(), certificate.pem());
        let text = openssl_text(leaf);
        let named = text
            .matches(&format!("Signature Algorithm: {algorithm}\n"))
            .count();
        assert_eq!(named, 2, "inside and outside:\n{text}");
        if algorithm == "ecdsa-with-SHA512" {
            // The build of webpki used here has no P-521.
            assert_eq!(openssl_verify(&ca, leaf), Ok(()));
            assert_eq!(gnutls_verify(&ca, leaf), Ok(()));
        } else {
            everybody_accepts(&ca, leaf);
        }
    }
}

#[tokio::test]
async fn every_kind_of_client_key_is_certified_as_it_is() {
    let harness = Harness::new(Scripted::granting(Validity::days(1)));
    for (key, kind, usage) in [
        (TestKey::p256(), KeyKind::P256, "Digital Signature"),
        (TestKey::p384(), KeyKind::P384, "Digital Signature"),
        (TestKey::p521(), KeyKind::P521, "Digital Signature"),
        (TestKey::ed25519(), KeyKind::Ed25519, "Digital Signature"),
        (
            TestKey::rsa(2048),
            KeyKind::Rsa { bits: 2048 },
            "Digital Signature, Key Encipherment",
        ),
    ] {
        let builder = RequestBuilder::new()
            .common_name("web01")
            .dns("www.example.com");
        let request = builder.key(key.clone()).build();
        assert_eq!(request.key_kind(), kind);
        let certificate = harness.issue("web01", &request).await.unwrap();
        let parsed = certificate.as_openssl().unwrap();
        assert!(parsed.public_key().unwrap().public_eq(key.private_key()));
        let text = openssl_text(certificate.pem());
        let title = "X509v3 Key Usage: critical\n";
        let (_, after) = text.split_once(title).unwrap();
        assert_eq!(after.lines().next().unwrap().trim(), usage);
        everybody_accepts(&harness.ca().pem(), certificate.pem());
    }
}

#[tokio::test]
async fn verifiers_can_say_no() {
    let harness = Harness::new(Scripted::granting(Validity::days(1)));
    let certificate = harness.issue("web01", &request()).await.unwrap();
    let other = Authority::new().pem();
    assert!(openssl_verify(&other, certificate.pem()).is_err());
    assert!(gnutls_verify(&other, certificate.pem()).is_err());
    assert!(sapi_tests::verifiers::webpki_verify(&other, certificate.pem()).is_err());
}
