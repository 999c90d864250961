//! The library, embedded: bytes in, bytes out.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use sapi::DistinguishedName;
use sapi::KeyKind;
use sapi_client::{Anchors, Client, Credential, Enrolment, Outcome, Server, ServerError, Wish};
use sapi_tests::verifiers::{openssl_verify, webpki_verify};

use super::Scene;

#[test]
fn an_application_enrols_and_renews_by_itself() {
    let scene = Scene::new();
    let roots = fs::read(scene.nginx.authority()).unwrap();
    let ca = fs::read_to_string(scene.place.file("ca.cert.pem")).unwrap();
    let client = Client {
        server: Server::new(
            scene.nginx.url("").parse().unwrap(),
            "holder".parse().unwrap(),
        )
        .with_roots(&roots)
        .unwrap(),
        anchors: Anchors::default().with_certificates(ca.as_bytes()).unwrap(),
        wish: Wish {
            subject: DistinguishedName::from_fields([("CN", "holder")]).unwrap(),
            names: vec!["DNS:localhost".parse().unwrap()],
        },
    };
    let now = SystemTime::now();
    let mut old: Option<Credential> = None;
    for _ in 0..2 {
        let enrolment = Enrolment::new(KeyKind::P384, &client.wish).unwrap();
        // As after a restart.
        let enrolment = Enrolment::from_pem(&enrolment.to_pem()).unwrap();
        let Ok(Outcome::Issued(credential)) = client.ask(&enrolment, old.as_ref(), now) else {
            panic!("no certificate");
        };
        let leaf = String::from_utf8(credential.certificate_pem()).unwrap();
        openssl_verify(&ca, &leaf).unwrap();
        webpki_verify(&ca, &leaf).unwrap();
        let again = Credential::from_pem(&credential.combined_pem()).unwrap();
        assert_eq!(again.fullchain_pem(), credential.fullchain_pem());
        assert!(client.check(&again, now).is_ok());
        assert!(
            client
                .check(&again, now + Duration::from_secs(2 * 86_400))
                .is_err()
        );
        assert!(now < again.renew_at(None) && again.renew_at(None) < again.not_after());
        old = Some(*credential);
    }
    assert_eq!(scene.asked("holder"), 2);
}

/// The error of a client whose server sends these bytes, endlessly if told to.
fn verdict_about(bytes: &'static [u8], endless: bool) -> ServerError {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut piece = [0; 4096];
        let _asked = stream.read(&mut piece).unwrap();
        while stream.write_all(bytes).is_ok() && endless {}
        hold(stream);
    });
    let server = Server::new(url.parse().unwrap(), "web01".parse().unwrap());
    server
        .with_patience(Duration::from_secs(2))
        .probe(SystemTime::now())
        .unwrap_err()
}

/// Reads until the client hangs up.
fn hold(mut stream: TcpStream) {
    let mut piece = [0; 64];
    while matches!(stream.read(&mut piece), Ok(1..)) {}
}

#[test]
fn a_server_that_is_none_is_found_out_and_not_waited_for() {
    let odd = |bytes, endless, says: &str| {
        let error = verdict_about(bytes, endless);
        assert!(!error.is_temporary(), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    };
    odd(b"SSH-2.0-OpenSSH_9.2\r\n", false, "not HTTP");
    odd(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        false,
        "no certificate authority answers there",
    );
    odd(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
        false,
        "no certificate authority",
    );
    odd(
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>",
        false,
        "no certificate authority",
    );
    odd(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", false, "how long");
    odd(
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        false,
        "too large",
    );
    odd(b"HTTP/1.1 100 Continue\r\n\r\n", true, "interim responses");
    odd(b"HTTP/1.1 200 OK ", true, "");
    for silent in [&b""[..], b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}"] {
        let error = verdict_about(silent, false);
        assert!(
            error.is_temporary() && error.to_string().contains("no answer in time"),
            "{error}"
        );
    }
}

#[test]
fn its_sources_know_neither_disk_nor_clock_nor_environment() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../client-tool/src");
    let mut seen = 0;
    for entry in fs::read_dir(src).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        // `tool/` and `main.rs` are the program.
        if !name.ends_with(".rs") || name == "main.rs" {
            continue;
        }
        seen += 1;
        let text = fs::read_to_string(entry.path()).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for word in [
                "std::fs",
                "fs::",
                "std::path",
                "File::",
                "std::env",
                "env::",
                "SystemTime::now",
                "sleep",
            ] {
                assert!(!line.contains(word), "{name}: {line}");
            }
        }
    }
    assert!(seen > 10);
}
