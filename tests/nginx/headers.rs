//! No client can forge the headers that sapi believes from nginx.

use super::{Scene, assert_uuid};

const SPOOFED: [&str; 14] = [
    "X-Request-ID: spoofed",
    "X-Forwarded-For: 203.0.113.66",
    "X-Forwarded-Proto: spoofed",
    "X-Forwarded-Host: spoofed",
    "X-Forwarded-Port: spoofed",
    "X-Real-IP: 203.0.113.66",
    "Forwarded: for=203.0.113.66",
    "X-Client-Verify: SUCCESS",
    "X-Client-Cert: spoofed",
    "Client-Cert: :c3Bvb2ZlZA==:",
    "Client-Cert-Chain: :c3Bvb2ZlZA==:",
    "X_Client_Cert: spoofed",
    "X_Forwarded_For: spoofed",
    "x-client-verify: SUCCESS",
];

#[test]
fn headers_of_a_client_do_not_pass_for_nginxs() {
    let scene = Scene::new();
    let mut arguments = Vec::new();
    for header in SPOOFED {
        arguments.extend(["--header", header]);
    }
    let echo = scene.put("/api/csr/abc", &arguments).json();
    let headers = &echo["headers"];
    let text = headers.to_string();
    for trace in ["spoofed", "203.0.113.66", "SUCCESS", "c3Bvb2ZlZA"] {
        assert!(!text.contains(trace), "{trace} reached sapi: {text}");
    }
    assert_eq!(headers["x-forwarded-for"], "127.0.0.1");
    assert_eq!(headers["x-forwarded-proto"], "https");
    assert_eq!(headers["x-client-verify"], "NONE");
    for absent in [
        "forwarded",
        "x-client-cert",
        "client-cert",
        "client-cert-chain",
        "x-real-ip",
    ] {
        assert!(headers.get(absent).is_none(), "{absent}: {text}");
    }
    assert_uuid(headers["x-request-id"].as_str().unwrap());
}

#[test]
fn a_header_hidden_behind_connection_is_still_set() {
    let scene = Scene::new();
    let reply = scene.put(
        "/api/csr/abc",
        &[
            "--header",
            "Connection: X-Client-Verify, X-Forwarded-For, close",
        ],
    );
    let headers = &reply.json()["headers"];
    assert_eq!(headers["x-client-verify"], "NONE");
    assert_eq!(headers["x-forwarded-for"], "127.0.0.1");
    assert!(headers.get("connection").is_none(), "{headers}");
}

#[test]
fn every_request_has_an_id_of_its_own_that_the_log_knows() {
    let scene = Scene::new();
    let id = |path| {
        let headers = scene.put(path, &[]).json()["headers"].take();
        headers["x-request-id"].as_str().unwrap().to_owned()
    };
    let (one, two) = (id("/api/csr/one"), id("/api/csr/two"));
    assert_ne!(one, two);
    let refusal = scene.put("/nowhere", &[]);
    let three = refusal.header("x-request-id").unwrap();

    let log = scene.nginx.access_log();
    for (id, uri, status) in [
        (one.as_str(), "/api/csr/one", 200),
        (&two, "/api/csr/two", 200),
        (three, "/nowhere", 404),
    ] {
        let line = log
            .lines()
            .find(|line| line.contains(id))
            .expect("a line with the id");
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["uri"], uri);
        assert_eq!(line["status"], status);
    }
}

#[test]
fn what_the_request_is_about_passes() {
    let scene = Scene::new();
    let sent = [
        "--header",
        "Authorization: Bearer token",
        "--header",
        "Host: ca.example.net",
    ];
    let reply = scene.put("/api/csr/abc", &sent);
    let headers = &reply.json()["headers"];
    assert_eq!(headers["host"], "ca.example.net");
    assert_eq!(headers["authorization"], "Bearer token");
    assert_eq!(headers["content-type"], "application/x-pem-file");
    assert_eq!(headers["content-length"], "7");
}
