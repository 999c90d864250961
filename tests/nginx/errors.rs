//! nginx's own refusals are problems in JSON, like sapi's.

use std::fs;

use super::{Behaviour, Scene, assert_problem};
use sapi_tests::curl;

#[test]
fn broken_requests_are_400() {
    let scene = Scene::new();
    for bytes in [
        "GARBAGE\r\n\r\n",
        "\0\r\n\r\n",
        "PUT /api/csr/abc HTTP/1.1\r\n\r\n",
        "PUT /api/csr/abc HTTP/3.7\r\nHost: a\r\n\r\n",
        "PUT /api/csr/abc HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "PUT /api/csr/abc HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "PUT /api/csr/abc HTTP/1.1\r\nHost: a\r\nContent-Length: minus\r\n\r\n",
        "PUT /api/csr/abc HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "PUT /api/csr/abc HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "PUT /api/csr/abc HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbroken\r\n0\r\n\r\n",
        "PUT /%2e%2e/api/csr/abc HTTP/1.1\r\nHost: a\r\n\r\n",
        "PUT /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
        "PUT /api/csr/%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let reply = scene.nginx.raw(bytes.as_bytes());
        assert_eq!(reply.status, 400, "{bytes:?}");
        scene.refused(&reply, 400, "bad-framing");
    }
}

#[test]
fn plain_http_on_the_tls_port_is_400() {
    let scene = Scene::new();
    let url = format!("http://127.0.0.1:{}/api/csr/abc", scene.nginx.port());
    let reply = curl::run(curl::command(scene.nginx.authority()).args(["--data", "x", &url]));
    scene.refused(&reply, 400, "tls-required");
}

#[test]
fn trace_is_405_and_names_put() {
    let scene = Scene::new();
    let reply = scene.nginx.curl("/api/csr/abc", &["--request", "TRACE"]);
    scene.refused(&reply, 405, "method-not-allowed");
    assert_eq!(reply.header("allow"), Some("PUT"));
}

#[test]
fn a_large_body_is_413_announced_or_chunked() {
    let scene = Scene::new();
    let body = scene.folder.path().join("body");
    fs::write(&body, vec![b'x'; 64 * 1024 + 1]).unwrap();
    let path = body.display().to_string();
    let file = ["--upload-file", path.as_str()];
    scene.refused(
        &scene.nginx.curl("/api/csr/abc", &file),
        413,
        "body-too-large",
    );
    let chunked = [&file[..], &["--header", "Transfer-Encoding: chunked"]].concat();
    scene.refused(
        &scene.nginx.curl("/api/csr/abc", &chunked),
        413,
        "body-too-large",
    );

    fs::write(&body, vec![b'x'; 64 * 1024]).unwrap();
    let reply = scene.nginx.curl("/api/csr/abc", &file);
    assert_eq!(reply.status, 200, "64 KiB are allowed");
    assert_eq!(reply.json()["body"].as_str().unwrap().len(), 64 * 1024);
    let log = fs::read_to_string(scene.nginx.folder().join("sapi.error.log")).unwrap();
    assert!(
        !log.contains("buffered to a temporary file"),
        "bodies stay in memory: {log}"
    );
}

#[test]
fn a_long_address_is_414() {
    let scene = Scene::new();
    let reply = scene.put(&format!("/api/csr/{}", "a".repeat(9000)), &[]);
    scene.refused(&reply, 414, "uri-too-long");
}

#[test]
fn a_large_header_is_431() {
    let scene = Scene::new();
    let reply = scene.put(
        "/api/csr/abc",
        &["--header", &format!("X-Big: {}", "a".repeat(9000))],
    );
    scene.refused(&reply, 431, "headers-too-large");
}

#[test]
fn an_address_that_the_operator_shut_out_is_403() {
    let scene = Scene::with(Behaviour::Echo, |site| {
        site.edit("proxy_redirect off;", "proxy_redirect off; deny 127.0.0.1;")
    });
    scene.refused(&scene.put("/api/csr/abc", &[]), 403, "denied");
}

#[test]
fn a_body_that_nginx_cannot_store_is_500() {
    let scene = Scene::with(Behaviour::Echo, |site| {
        site.edit(
            "proxy_redirect off;",
            "proxy_redirect off; client_body_in_file_only on;",
        )
    });
    fs::remove_dir(scene.nginx.folder().join("client_body")).unwrap();
    scene.refused(&scene.put("/api/csr/abc", &[]), 500, "internal-error");
}

#[test]
fn sapi_away_is_503_with_retry_after() {
    let scene = Scene::new();
    fs::remove_file(scene.folder.path().join("sapi.sock")).unwrap();
    let reply = scene.put("/api/csr/abc", &[]);
    scene.refused(&reply, 503, "unavailable");
    assert_eq!(reply.header("retry-after"), Some("5"));
}

#[test]
fn sapi_silent_is_503_with_retry_after_and_asked_once() {
    let scene = Scene::with(Behaviour::Silent, |site| {
        site.edit("proxy_read_timeout 60s;", "proxy_read_timeout 1s;")
    });
    let reply = scene.put("/api/csr/abc", &[]);
    assert_problem(&reply, 503, "unavailable");
    assert_eq!(reply.header("retry-after"), Some("5"));
    assert_eq!(
        scene.stub.requests(),
        1,
        "signing may be going on: no second attempt"
    );
}

#[test]
fn no_body_after_head() {
    let scene = Scene::new();
    let reply = scene
        .nginx
        .raw(b"HEAD /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_eq!((reply.status, reply.body.len()), (404, 0));
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json")
    );
}

#[test]
fn problems_of_sapi_pass_unchanged() {
    let scene = Scene::with(Behaviour::Refuse, |site| site);
    let reply = scene.put("/api/csr/abc", &[]);
    assert_eq!(reply.status, 422);
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(
        reply.json(),
        serde_json::json!({"type": "urn:sapi:problem:weak-key"})
    );
}
