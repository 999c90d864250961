//! Tests that read the corpus of the workspace without a server, and check why each request is refused.

use std::fs;
use std::path::{Path, PathBuf};

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::sha::{sha1, sha256};

use super::{AltName, CertRequest, ClientId, CsrError, KeyKind, RequestPolicy};
use crate::testing::RequestBuilder;

#[derive(serde::Deserialize)]
struct Case {
    file: String,
    slug: Option<String>,
}

#[test]
fn the_corpus_is_read_as_its_manifest_says() {
    let cases = cases();
    assert!(cases.len() >= 500, "{} cases", cases.len());
    let faults: Vec<_> = cases.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// An accepted request keeps its bytes, and reads the same as PEM and as DER.
#[test]
fn what_the_corpus_has_accepted_stays_itself() {
    let mut accepted = 0;
    for case in cases().iter().filter(|case| case.slug.is_none()) {
        let csr = read(case).unwrap();
        let again = CertRequest::from_der(csr.der()).unwrap();
        let third = CertRequest::from_pem(again.pem().as_bytes()).unwrap();
        assert_eq!(csr.der(), third.der(), "{}", case.file);
        assert_eq!(csr.sha256(), third.sha256());
        assert_eq!(csr.subject(), third.subject());
        assert_eq!(csr.names(), third.names());
        assert_eq!(csr.key_kind(), third.key_kind());
        let openssl = PKey::public_key_from_der(csr.public_key_der()).unwrap();
        assert!(openssl.public_eq(csr.public_key()), "{}", case.file);
        accepted += 1;
    }
    assert!(accepted > 100, "only {accepted} accepted");
}

/// OpenSSL reads the same request with its own code.
#[test]
fn what_is_read_is_what_openssl_reads() {
    let csr = RequestBuilder::new()
        .field("O", "Example")
        .common_name("web01")
        .dns("www.example.com")
        .challenge_password("sesame")
        .build();
    let theirs = csr.as_openssl().unwrap();
    let names = theirs.subject_name().entries().map(|entry| {
        let field = entry.object().nid().short_name().unwrap().to_owned();
        (field, entry.data().to_string().unwrap())
    });
    let ours = csr
        .subject()
        .fields()
        .map(|(field, value)| (field, value.to_owned()));
    assert!(names.eq(ours));
    assert_eq!(csr.subject().common_name(), Some("web01"));
    assert_eq!(csr.subject().get("O"), Some("Example"));
    assert_eq!(csr.subject().get("OU"), None);
    assert!(!csr.subject().is_empty());
    assert!(RequestBuilder::new().dns("a").build().subject().is_empty());
    assert_eq!(csr.names(), [AltName::Dns("www.example.com".into())]);
    assert_eq!(csr.key_kind(), KeyKind::P256);

    let spki = theirs.public_key().unwrap().public_key_to_der().unwrap();
    let hex = |octets: &[u8]| {
        octets
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect::<String>()
    };
    assert_eq!(csr.public_key_der(), spki);
    assert_eq!(csr.public_key_sha256(), hex(&sha256(&spki)));
    assert_eq!(
        csr.public_key_digest(MessageDigest::sha1()).unwrap(),
        hex(&sha1(&spki))
    );
    assert_eq!(csr.sha256(), hex(&sha256(&theirs.to_der().unwrap())));

    let password = Nid::PKCS9_CHALLENGEPASSWORD;
    assert_eq!(password.short_name().unwrap(), "challengePassword");
    let values = csr.attribute("1.2.840.113549.1.9.7").unwrap();
    assert_eq!(values, [&[0x0c, 6][..], b"sesame"].concat());
    assert_eq!(csr.attribute("1.2.840.113549.1.9.8"), None);
    assert_eq!(csr.attribute("challengePassword"), None);
}

#[test]
fn a_client_is_compared_and_shown_as_its_text() {
    let client: ClientId = "web01".parse().unwrap();
    assert!(client == *"web01" && client == "web01");
    assert!(client != *"web02" && client != "web02");
    assert_eq!([client.as_str(), client.as_ref()], ["web01"; 2]);
    assert_eq!(client.to_string(), "web01");
    let error = "web-01".parse::<ClientId>().unwrap_err().to_string();
    assert!(error.contains("letters and digits"), "{error}");
}

/// The text tells the client what is wrong. `is_malformed` decides between 400 and 422.
#[test]
fn each_error_says_what_is_wrong() {
    let builder = RequestBuilder::new;
    let refused = |builder: RequestBuilder| {
        let body = builder.build_der();
        CertRequest::read(&body, &RequestPolicy::default()).unwrap_err()
    };
    let body = |body: &[u8]| CertRequest::read(body, &RequestPolicy::default()).unwrap_err();
    let good = builder().dns("a").build();
    let twice = good.pem().repeat(2);
    let trailing = [good.der(), &[0]].concat();
    let encrypted = "-----BEGIN CERTIFICATE REQUEST-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n";
    for (error, slug, malformed, text) in [
        (body(b""), "empty-body", true, "the body is empty"),
        (
            body(b"hello"),
            "not-a-request",
            true,
            "this is not a certificate request but",
        ),
        (
            body(encrypted.as_bytes()),
            "encrypted-pem",
            true,
            "is encrypted",
        ),
        (
            body(twice.as_bytes()),
            "several-requests",
            true,
            "more than one PEM block",
        ),
        (
            body(&trailing),
            "trailing-data",
            true,
            "bytes follow the end",
        ),
        (
            body(&[0x30, 0x80, 0, 0]),
            "malformed-request",
            true,
            "request: ",
        ),
        (
            refused(builder().version(3)),
            "unsupported-version",
            false,
            "not 0, 1 or 2",
        ),
        (
            refused(builder().subject_der(&[0x30, 2, 0x31, 0])),
            "unacceptable-subject",
            false,
            "subject: ",
        ),
        (
            refused(builder().subject_der(&[0x30, 1, 0x31])),
            "malformed-request",
            true,
            "request: subject: ",
        ),
        (
            refused(builder().ca()),
            "ca-requested",
            false,
            "is never granted",
        ),
        (
            refused(builder().sha1()),
            "weak-signature",
            false,
            "signature algorithm: ",
        ),
    ] {
        assert_eq!(
            (error.slug(), error.is_malformed()),
            (slug, malformed),
            "{error}"
        );
        assert!(error.to_string().contains(text), "{slug}: {error}");
    }
}

fn fault(case: &Case) -> Option<String> {
    // The first is refused before the request is read, the second after.
    let expected = match case.slug.as_deref() {
        Some("body-too-large") => return None,
        Some("no-name") => None,
        slug => slug,
    };
    let outcome = read(case);
    let slug = outcome.as_ref().err().map(CsrError::slug);
    (slug != expected).then(|| format!("{}: {expected:?} expected, got {slug:?}", case.file))
}

fn read(case: &Case) -> Result<CertRequest, CsrError> {
    let body = fs::read(folder().join(&case.file)).unwrap();
    CertRequest::read(&body, &RequestPolicy::default())
}

fn cases() -> Vec<Case> {
    let manifest = fs::read_to_string(folder().join("manifest.jsonl")).unwrap();
    let case = |line| serde_json::from_str(line).unwrap();
    manifest.lines().map(case).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus")
}
