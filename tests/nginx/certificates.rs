//! Client certificates: optional, handed on when good, refused when not.

use sapi_tests::curl::{self, Reply};
use sapi_tests::tls::{Authority, Pair};

use super::Scene;

#[test]
fn without_a_certificate_the_request_goes_on_and_says_so() {
    let scene = Scene::new();
    let headers = scene.put("/api/csr/abc", &[]).json()["headers"].take();
    assert_eq!(headers["x-client-verify"], "NONE");
    assert!(headers.get("x-client-cert").is_none());
}

#[test]
fn a_good_certificate_is_handed_on_escaped() {
    let scene = Scene::new();
    let pair = scene.authority.client(scene.folder.path(), "device1");
    let headers = put_with(&scene, &pair).json()["headers"].take();
    assert_eq!(headers["x-client-verify"], "SUCCESS");
    let escaped = headers["x-client-cert"].as_str().unwrap();
    let sent = std::fs::read_to_string(&pair.certificate).unwrap();
    assert_eq!(unescape(escaped), sent);
}

#[test]
fn its_holder_cannot_replace_it_by_a_header() {
    let scene = Scene::new();
    let pair = scene.authority.client(scene.folder.path(), "device1");
    let mut command = with(&scene, &pair);
    command.args([
        "--header",
        "X-Client-Cert: other",
        "--header",
        "X-Client-Verify: NONE",
    ]);
    let headers = curl::run(command.arg(scene.nginx.url("/api/csr/abc"))).json()["headers"].take();
    assert_eq!(headers["x-client-verify"], "SUCCESS");
    assert!(
        headers["x-client-cert"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN%20CERTIFICATE")
    );
}

#[test]
fn a_certificate_of_a_stranger_is_400() {
    let scene = Scene::new();
    let pair = Authority::new("stranger").client(scene.folder.path(), "device1");
    scene.refused(&put_with(&scene, &pair), 400, "bad-client-certificate");
}

#[test]
fn a_certificate_of_an_authority_with_the_same_name_is_400() {
    let scene = Scene::new();
    let twin = Authority::new("throw-away authority of client certificates");
    let pair = twin.client(scene.folder.path(), "device1");
    scene.refused(&put_with(&scene, &pair), 400, "bad-client-certificate");
}

#[test]
fn an_expired_certificate_is_400() {
    let scene = Scene::new();
    let pair = scene
        .authority
        .expired_client(scene.folder.path(), "device1");
    scene.refused(&put_with(&scene, &pair), 400, "bad-client-certificate");
}

#[test]
fn a_server_certificate_is_no_client_certificate() {
    let scene = Scene::new();
    let pair = scene.authority.server(scene.folder.path());
    scene.refused(&put_with(&scene, &pair), 400, "bad-client-certificate");
}

#[test]
fn tls_below_1_2_is_refused() {
    let scene = Scene::new();
    let mut command = curl::command(scene.nginx.authority());
    // Security level 0, so that nginx refuses and not the client itself.
    command.args(["--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"]);
    let output = command
        .arg(scene.nginx.url("/api/csr/abc"))
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(35),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("alert protocol version"), "{complaint}");
    for version in ["1.2", "1.3"] {
        let newer = ["--tls-max", version, &format!("--tlsv{version}")];
        assert_eq!(scene.put("/api/csr/abc", &newer).status, 200, "{version}");
    }
}

fn put_with(scene: &Scene, pair: &Pair) -> Reply {
    curl::run(with(scene, pair).arg(scene.nginx.url("/api/csr/abc")))
}

fn with(scene: &Scene, pair: &Pair) -> std::process::Command {
    let mut command = curl::command(scene.nginx.authority());
    command.args(["--request", "PUT", "--data-binary", "request", "--cert"]);
    command.arg(&pair.certificate).arg("--key").arg(&pair.key);
    command
}

fn unescape(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            let digits = std::str::from_utf8(&digits).unwrap();
            plain.push(u8::from_str_radix(digits, 16).unwrap());
        } else {
            plain.push(byte);
        }
    }
    String::from_utf8(plain).unwrap()
}
