//! The corpus of the workspace, read without a server: what each request is refused for.

use std::fs;
use std::path::{Path, PathBuf};

use openssl::pkey::PKey;

use super::{CertRequest, CsrError, RequestPolicy};

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

/// What is accepted is what was sent, and reads the same as PEM and as DER.
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

fn fault(case: &Case) -> Option<String> {
    // These two are judged before the request is read, and after.
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
