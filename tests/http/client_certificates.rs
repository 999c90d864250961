//! Client certificates from a proxy, verified once more.

use std::fs;
use std::path::Path;

use sapi_tests::tls::{Authority, Pair};
use sapi_tests::tool::openssl;

use super::Scene;
use super::proxy::{seen, trusting};

#[test]
fn a_client_certificate_comes_in_nginxs_headers_or_those_of_rfc_9440() {
    let scene = trusting();
    let pair = scene.place.authority.client(scene.place.path(), "device1");
    let nginx = nginx_header(&pair.certificate);
    let rfc9440 = rfc9440_header(&pair.certificate);
    for headers in [&["X-Client-Verify: SUCCESS", &*nginx][..], &[&*rfc9440]] {
        assert!(
            seen(&scene, headers).contains("certificate=device1 "),
            "{headers:?}"
        );
    }
    for headers in [
        // The proxy has not verified it.
        &["X-Client-Verify: NONE", &*nginx][..],
        &["X-Client-Verify: FAILED:expired", &*nginx],
        &["X-Client-Verify: success", &*nginx],
        &[&*nginx],
        &["X-Client-Verify: SUCCESS"],
        // One of them is the client's own.
        &["X-Client-Verify: SUCCESS", &*nginx, &*nginx],
        &[
            "X-Client-Verify: SUCCESS",
            "X-Client-Verify: SUCCESS",
            &*nginx,
        ],
        &[&*rfc9440, &*rfc9440],
        &["X-Client-Verify: NONE", &*rfc9440],
        // No certificate at all.
        &["X-Client-Verify: SUCCESS", "X-Client-Cert: nonsense"],
        &["X-Client-Verify: SUCCESS", "X-Client-Cert: %zz%"],
        &["Client-Cert: nonsense"],
        &["Client-Cert: ::"],
        &["Client-Cert: :bm9uc2Vuc2U=:"],
    ] {
        assert!(
            seen(&scene, headers).contains("certificate=none "),
            "{headers:?}"
        );
    }
}

#[test]
fn a_certificate_is_verified_again_whatever_the_proxy_says() {
    let scene = trusting();
    let folder = scene.place.path();
    let authority = &scene.place.authority;
    let twin = Authority::new("throw-away authority of the shell");
    let apart = tempfile::tempdir().unwrap();
    for (what, pair) in [
        ("expired", authority.expired_client(folder, "device1")),
        ("for servers", authority.server(folder)),
        (
            "of another CA",
            Authority::new("another").client(apart.path(), "device1"),
        ),
        (
            "of a CA of the same name",
            twin.client(apart.path(), "device2"),
        ),
    ] {
        for headers in [
            nginx_headers(&pair),
            vec![rfc9440_header(&pair.certificate)],
        ] {
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            assert!(
                seen(&scene, &headers).contains("certificate=none "),
                "{what}"
            );
        }
    }
    // A client cannot use the CA's own certificate either.
    let own = scene.place.file("ca.cert.pem");
    let headers = ["X-Client-Verify: SUCCESS", &nginx_header(&own)];
    assert!(seen(&scene, &headers).contains("certificate=none "));
}

#[test]
fn another_authority_of_clients_can_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let devices = Authority::new("authority of devices");
    let file = devices.write_certificate(folder.path(), "devices");
    let uid = rustix::process::geteuid().as_raw();
    let scene = Scene::with(&format!(
        "proxy.trusted_uids = [{uid}]\nproxy.client_ca_file = {file:?}"
    ));
    let theirs = nginx_headers(&devices.client(folder.path(), "device1"));
    let own = nginx_headers(&scene.place.authority.client(folder.path(), "device2"));
    let as_str = |headers: &[String]| seen(&scene, &[&headers[0], &headers[1]]);
    assert!(as_str(&theirs).contains("certificate=device1 "));
    assert!(as_str(&own).contains("certificate=none "));
}

fn nginx_headers(pair: &Pair) -> Vec<String> {
    vec![
        "X-Client-Verify: SUCCESS".into(),
        nginx_header(&pair.certificate),
    ]
}

/// As nginx writes `$ssl_client_escaped_cert`.
pub(super) fn nginx_header(certificate: &Path) -> String {
    let mut header = "X-Client-Cert: ".to_owned();
    for byte in fs::read(certificate).unwrap() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            header.push(char::from(byte));
        } else {
            header.push_str(&format!("%{byte:02X}"));
        }
    }
    header
}

/// A byte sequence of structured fields (RFC 9440, section 2.2), with OpenSSL's Base64.
pub(super) fn rfc9440_header(certificate: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let der = folder.path().join("der");
    let [from, to] = [certificate, &der].map(|path| path.to_str().unwrap().to_owned());
    openssl(
        folder.path(),
        &["x509", "-in", &from, "-outform", "DER", "-out", &to],
    );
    let base64 = openssl(folder.path(), &["base64", "-A", "-in", &to]);
    format!("Client-Cert: :{}:", base64.trim())
}
