//! The contents of a certificate, read by `openssl x509 -text`.

use openssl::hash::MessageDigest;
use sapi::testing::{Authority, Harness, RequestBuilder, TestKey};
use sapi::{DistinguishedName, ExtendedKeyUsages, Extension, KeyUsage, Profile, Validity};
use sapi_tests::verifiers::{everybody_accepts, openssl_text};

use super::scripted::{Scripted, drafted, request};

fn day_by_day() -> Harness {
    Harness::new(Scripted::granting(Validity::days(1)))
}

/// The lines of an extension's value, trimmed and joined; `None` when it is not there.
fn extension(text: &str, title: &str) -> Option<String> {
    let mut lines = text.lines().skip_while(|line| line.trim() != title.trim());
    let indent = |line: &str| line.len() - line.trim_start().len();
    let outer = indent(lines.next()?);
    let value: Vec<_> = lines
        .take_while(|line| line.is_empty() || indent(line) > outer)
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    Some(value.join(" "))
}

#[tokio::test]
async fn the_default_profile() {
    let harness = day_by_day();
    let request = RequestBuilder::new()
        .common_name("web01")
        .dns("www.example.com")
        .ip([192, 0, 2, 1])
        .ip([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1])
        .email("ops@example.com")
        .uri("spiffe://example.com/web")
        .build();
    let certificate = harness.issue("web01", &request).await.unwrap();
    let text = openssl_text(certificate.pem());
    let has = |title: &str| extension(&text, title).unwrap_or_else(|| panic!("{title}\n{text}"));
    let digest = certificate
        .as_openssl()
        .unwrap()
        .digest(MessageDigest::sha256())
        .unwrap();
    let digest: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(certificate.fingerprint(), digest);
    assert!(text.contains("Version: 3 (0x2)"));
    assert!(text.contains("Subject: CN = web01"));
    assert!(text.contains("Issuer: CN = Test CA"));
    assert!(text.contains("Signature Algorithm: ecdsa-with-SHA256"));
    assert_eq!(has("X509v3 Basic Constraints: critical"), "CA:FALSE");
    assert_eq!(has("X509v3 Key Usage: critical"), "Digital Signature");
    assert_eq!(
        has("X509v3 Extended Key Usage:"),
        "TLS Web Server Authentication, TLS Web Client Authentication"
    );
    assert_eq!(
        has("X509v3 Subject Alternative Name:"),
        "DNS:www.example.com, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, \
         email:ops@example.com, URI:spiffe://example.com/web"
    );
    let ca_text = openssl_text(&harness.ca().pem());
    let ca_id = extension(&ca_text, "X509v3 Subject Key Identifier:").unwrap();
    assert_eq!(has("X509v3 Authority Key Identifier:"), ca_id);
    // RFC 5280 section 4.2.1.2, method 1: SHA-1 over the BIT STRING of the key.
    let spki = request.public_key_der();
    let point = &spki[spki.len() - 65..];
    let digest: Vec<_> = openssl::sha::sha1(point)
        .iter()
        .map(|o| format!("{o:02X}"))
        .collect();
    assert_eq!(has("X509v3 Subject Key Identifier:"), digest.join(":"));
    let titles = text
        .lines()
        .filter(|line| line.trim_start().starts_with("X509v3 "))
        .count();
    assert_eq!(titles, 1 + 6, "the title and six extensions:\n{text}");
    for absent in [
        "CRL Distribution",
        "Authority Information Access",
        "Policies",
    ] {
        assert!(!text.contains(absent), "{text}");
    }
    everybody_accepts(&harness.ca().pem(), certificate.pem());
}

#[tokio::test]
async fn names_are_critical_only_without_a_subject() {
    let harness = day_by_day();
    let request = RequestBuilder::new().dns("www.example.com").build();
    let certificate = harness.issue("web01", &request).await.unwrap();
    let text = openssl_text(certificate.pem());
    let names = extension(&text, "X509v3 Subject Alternative Name: critical");
    assert_eq!(names.as_deref(), Some("DNS:www.example.com"), "{text}");
    everybody_accepts(&harness.ca().pem(), certificate.pem());
}

#[tokio::test]
async fn without_names_there_is_no_such_extension() {
    let harness = day_by_day();
    let request = RequestBuilder::new().common_name("web01").build();
    let certificate = harness.issue("web01", &request).await.unwrap();
    let text = openssl_text(certificate.pem());
    assert!(!text.contains("Subject Alternative Name"), "{text}");
    everybody_accepts(&harness.ca().pem(), certificate.pem());
}

#[tokio::test]
async fn the_subject_is_as_requested_byte_for_byte() {
    // SET { CN = PrintableString, O = UTF8String }: an order and types nobody would choose again.
    let subject = b"\x30\x26\x31\x10\x30\x0e\x06\x03\x55\x04\x03\x13\x07web 0 1\x31\x12\x30\x10\x06\x03\x55\x04\x0a\x0c\x09K\xc3\xb6ln AG\x20";
    let subject = &subject[..];
    let builder = RequestBuilder::new().subject_der(subject).dns("a.example");
    let request = builder
        .try_build()
        .unwrap_or_else(|error| panic!("{error}"));
    let certificate = day_by_day().issue("web01", &request).await.unwrap();
    let parsed = certificate.as_openssl().unwrap();
    assert_eq!(parsed.subject_name().to_der().unwrap(), subject);
}

#[tokio::test]
async fn what_else_is_requested_is_not_taken_over() {
    let request = RequestBuilder::new()
        .common_name("web01")
        .extension(
            "2.5.29.37",
            false,
            b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x03",
        )
        .extension("2.5.29.15", true, &[3, 2, 0, 0x09])
        .extension("1.3.6.1.4.1.32473.1", true, &[5, 0])
        .challenge_password("open sesame")
        .build();
    let certificate = day_by_day().issue("web01", &request).await.unwrap();
    let text = openssl_text(certificate.pem());
    assert!(
        !text.contains("Code Signing") && !text.contains("32473"),
        "{text}"
    );
    let usage = extension(&text, "X509v3 Key Usage: critical");
    assert_eq!(usage.as_deref(), Some("Digital Signature"));
}

#[tokio::test]
async fn a_wish_is_not_a_grant() {
    let none = Scripted::default().authorize(|_| {
        Ok(sapi::Verdict::Grant(sapi::Terms::valid_for(
            Validity::days(1),
        )))
    });
    let certificate = Harness::new(none).issue("web01", &request()).await.unwrap();
    assert!(certificate.names().is_empty());
    assert!(!openssl_text(certificate.pem()).contains("www.example.com"));
}

#[tokio::test]
async fn places_named_by_the_operator() {
    let profile = Profile::default()
        .with_crl_urls(["http://ca.example.com/1.crl", "http://ca.example.com/2.crl"])
        .with_ocsp_urls(["http://ocsp.example.com"])
        .with_ca_issuer_urls(["http://ca.example.com/ca.cer"]);
    let harness = day_by_day().profile(profile);
    let certificate = harness.issue("web01", &request()).await.unwrap();
    let text = openssl_text(certificate.pem());
    let crl = extension(&text, "X509v3 CRL Distribution Points:").unwrap();
    assert_eq!(
        crl,
        "Full Name: URI:http://ca.example.com/1.crl Full Name: URI:http://ca.example.com/2.crl"
    );
    let access = extension(&text, "Authority Information Access:").unwrap();
    assert_eq!(
        access,
        "OCSP - URI:http://ocsp.example.com CA Issuers - URI:http://ca.example.com/ca.cer"
    );
    everybody_accepts(&harness.ca().pem(), certificate.pem());
}

#[tokio::test]
async fn hooks_add_what_the_draft_has_helpers_for() {
    let certificate = drafted(|draft| {
        draft.add_crl_url("http://ca.example.com/ca.crl")?;
        draft.add_crl_url("http://ca.example.com/ca.crl")?;
        draft.add_ocsp_url("http://ocsp.example.com")?;
        draft.add_ca_issuer_url("http://ca.example.com/ca.cer")?;
        draft.add_policy("1.3.6.1.4.1.32473.2")?;
        draft.add_policy("1.3.6.1.4.1.32473.2")?;
        draft.push_extension(Extension::text("1.3.6.1.4.1.32473.1", "rack 7")?)?;
        draft.key_usage_mut().insert(KeyUsage::NonRepudiation);
        draft
            .extended_usage_mut()
            .remove(ExtendedKeyUsages::SERVER_AUTH);
        assert!(
            draft
                .extended_usage_mut()
                .insert(ExtendedKeyUsages::EMAIL_PROTECTION)
        );
        draft.set_subject(DistinguishedName::from_fields([
            ("O", "Example, Inc."),
            ("CN", "w"),
        ])?);
        Ok(())
    });
    let text = openssl_text(certificate.await.pem());
    let has = |title: &str| extension(&text, title).unwrap_or_else(|| panic!("{title}\n{text}"));
    assert!(
        text.contains("Subject: O = \"Example, Inc.\", CN = w"),
        "{text}"
    );
    assert_eq!(
        has("X509v3 CRL Distribution Points:"),
        "Full Name: URI:http://ca.example.com/ca.crl"
    );
    assert_eq!(
        has("X509v3 Certificate Policies:"),
        "Policy: 1.3.6.1.4.1.32473.2"
    );
    assert!(has("1.3.6.1.4.1.32473.1:").contains("rack 7"), "{text}");
    assert_eq!(
        has("X509v3 Key Usage: critical"),
        "Digital Signature, Non Repudiation"
    );
    assert_eq!(
        has("X509v3 Extended Key Usage:"),
        "TLS Web Client Authentication, E-mail Protection"
    );
    assert!(
        text.contains("OCSP - URI:http://ocsp.example.com"),
        "{text}"
    );
}

#[tokio::test]
async fn empty_usages_leave_their_extensions_out() {
    let certificate = drafted(|draft| {
        draft.key_usage_mut().remove(KeyUsage::DigitalSignature);
        for purpose in draft.extended_usage().iter().collect::<Vec<_>>() {
            draft.extended_usage_mut().remove(&purpose);
        }
        Ok(())
    });
    let text = openssl_text(certificate.await.pem());
    assert!(!text.contains("Key Usage"), "{text}");
}

#[tokio::test]
async fn an_intermediate_signs_in_its_own_name() {
    let root = Authority::new();
    let issuing = root.intermediate("Issuing CA").with_key(TestKey::p384());
    let both = issuing.pem() + &root.pem();
    let harness = day_by_day().authority(issuing);
    let certificate = harness.issue("web01", &request()).await.unwrap();
    let text = openssl_text(certificate.pem());
    // The issuer is the issuing CA's subject. ssl_api wrote that CA's own issuer.
    assert!(text.contains("Issuer: CN = Issuing CA"), "{text}");
    everybody_accepts(&both, certificate.pem());
    assert_eq!(harness.pipeline().issuer().chain_pem(), both);
    assert!(sapi_tests::verifiers::openssl_verify(&root.pem(), certificate.pem()).is_err());
}

#[tokio::test]
async fn a_ca_of_old_without_key_identifier_is_named_by_its_keys_digest() {
    let old = Authority::new().without_key_id();
    let harness = day_by_day().authority(old);
    let certificate = harness.issue("web01", &request()).await.unwrap();
    let text = openssl_text(certificate.pem());
    let spki = harness.ca().key().spki();
    let digest: Vec<_> = openssl::sha::sha1(&spki[spki.len() - 65..])
        .iter()
        .map(|octet| format!("{octet:02X}"))
        .collect();
    let named = extension(&text, "X509v3 Authority Key Identifier:");
    assert_eq!(named, Some(digest.join(":")));
    let parsed = certificate.as_openssl().unwrap();
    let key = harness.ca().key().private_key();
    assert!(parsed.verify(key).unwrap());
}

#[tokio::test]
async fn one_place_alone_is_written_too() {
    let urls = |url: &str| vec![url.to_owned()];
    for (profile, value) in [
        (
            Profile::default().with_ocsp_urls(urls("http://ocsp.example")),
            "OCSP - URI:http://ocsp.example",
        ),
        (
            Profile::default().with_ca_issuer_urls(urls("http://ca.example/ca.cer")),
            "CA Issuers - URI:http://ca.example/ca.cer",
        ),
    ] {
        let harness = day_by_day().profile(profile);
        let certificate = harness.issue("web01", &request()).await.unwrap();
        let text = openssl_text(certificate.pem());
        let access = extension(&text, "Authority Information Access:");
        assert_eq!(access.as_deref(), Some(value), "{text}");
    }
}
