//! Each problem that a request itself can have, over HTTP: 400 and 422.

use openssl::nid::Nid;
use sapi::testing::{RequestBuilder, TestKey};
use sapi_tests::tool::openssl;

use super::{Scene, assert_problem, good_request, prepared};

#[test]
fn bodies_that_are_not_one_request_are_400() {
    let scene = Scene::new();
    let good = good_request();
    let certificate = std::fs::read_to_string(scene.place.file("ca.cert.pem")).unwrap();
    let key = TestKey::p256()
        .private_key()
        .private_key_to_pem_pkcs8()
        .unwrap();
    let locked = std::fs::read(scene.place.file("ca.private_key.pem")).unwrap();
    let der = RequestBuilder::new().common_name("web01").build_der();
    let encrypted = good.replacen(
        "REQUEST-----\n",
        "REQUEST-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
        1,
    );
    let cases: &[(&str, Vec<u8>, &str)] = &[
        ("nothing", Vec::new(), "empty-body"),
        ("text", b"hello".to_vec(), "not-a-request"),
        ("a certificate", certificate.into_bytes(), "not-a-request"),
        ("a key", key, "not-a-request"),
        ("an encrypted key", locked, "encrypted-pem"),
        (
            "an encrypted request",
            encrypted.into_bytes(),
            "encrypted-pem",
        ),
        (
            "two",
            format!("{good}{good}").into_bytes(),
            "several-requests",
        ),
        ("DER and more", [&der[..], &[0]].concat(), "trailing-data"),
        (
            "half a DER",
            der[..der.len() / 2].to_vec(),
            "malformed-request",
        ),
        (
            "bad Base64",
            good.replacen("MI", "M*", 1).into_bytes(),
            "malformed-request",
        ),
    ];
    for (what, body, slug) in cases {
        let reply = scene.put_body(body, &[]);
        assert_eq!(
            reply.json()["type"],
            format!("urn:sapi:problem:{slug}"),
            "{what}"
        );
        assert_problem(&reply, 400, slug);
        let shown = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(
            !shown.contains("error:") && !shown.contains("OpenSSL"),
            "{shown}"
        );
    }
    scene.works();
}

/// C=DEU, where ISO 3166 has two letters (RFC 5280, appendix A.1).
const COUNTRY_OF_THREE: [u8; 16] = *b"\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x06\x13\x03DEU";

#[test]
fn requests_that_break_a_rule_are_422() {
    let place = prepared("");
    let blocked = TestKey::p256();
    std::fs::write(place.file("spki"), blocked.spki()).unwrap();
    let digest = openssl(place.path(), &["dgst", "-sha256", "-r", "spki"]);
    let digest = digest.split_whitespace().next().unwrap();
    place.settings(&format!("requests.blocked_keys = [\"{digest}\"]"));
    let scene = Scene::on(place);

    let named = || RequestBuilder::new().common_name("web01");
    let san = "2.5.29.17";
    let other_name = [0x30, 0x04, 0x88, 0x02, 0x2a, 0x03];
    let cases: &[(&str, RequestBuilder)] = &[
        ("unsupported-version", named().version(3)),
        ("bad-signature", named().signed_by(TestKey::p256())),
        ("weak-signature", named().sha1()),
        ("weak-key", named().key(TestKey::rsa(1024))),
        (
            "unsupported-key",
            named().key(TestKey::on_curve(Nid::SECP256K1)),
        ),
        ("blocked-key", named().key(blocked)),
        (
            "duplicate-extension",
            named().dns("a.example").extension(san, false, &other_name),
        ),
        (
            "duplicate-attribute",
            named().challenge_password("a").challenge_password("b"),
        ),
        (
            "unacceptable-name",
            named().extension(san, false, &other_name),
        ),
        (
            "unacceptable-subject",
            RequestBuilder::new().subject_der(&COUNTRY_OF_THREE),
        ),
        ("ca-requested", named().ca()),
        ("no-name", RequestBuilder::new()),
        (
            "ca-subject",
            RequestBuilder::new().common_name("throw-away authority of the shell"),
        ),
    ];
    for (slug, request) in cases {
        let reply = scene.put_body(&request.build_der(), &[]);
        assert_eq!(
            reply.json()["type"],
            format!("urn:sapi:problem:{slug}"),
            "{}",
            reply.json()
        );
        assert_problem(&reply, 422, slug);
    }
    scene.works();
}

#[test]
fn the_cas_own_key_is_422() {
    let scene = Scene::new();
    let passphrase = format!("pass:{}", sapi_tests::shell::PASSPHRASE);
    openssl(
        scene.place.path(),
        &[
            "req",
            "-new",
            "-key",
            "ca.private_key.pem",
            "-passin",
            &passphrase,
            "-subj",
            "/CN=web01",
            "-out",
            "own.csr",
        ],
    );
    assert_problem(&scene.put_file("own.csr", "web01", &[]), 422, "ca-key");
}

#[test]
fn a_point_beside_its_curve_is_422() {
    let scene = Scene::new();
    let mut der = RequestBuilder::new().common_name("web01").build_der();
    // The uncompressed point follows its mark 04 after the bit string's head 03 42 00.
    let place = der
        .windows(4)
        .position(|four| four == [3, 0x42, 0, 4])
        .unwrap();
    der[place + 10] ^= 1;
    assert_problem(&scene.put_body(&der, &[]), 422, "invalid-key");
}

#[test]
fn no_damage_makes_a_500() {
    let scene = Scene::new();
    let der = RequestBuilder::new().common_name("web01").build_der();
    for at in (0..der.len()).step_by(7) {
        let mut broken = der.clone();
        broken[at] ^= 0x55;
        let reply = scene.put_body(&broken, &[]);
        assert!([400, 422].contains(&reply.status), "{at}: {}", reply.status);
    }
}
