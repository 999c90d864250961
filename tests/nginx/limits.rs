//! Old clients, slow clients and greedy ones.

use std::io::{Read, Write};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Behaviour, Scene, assert_problem};

#[test]
fn http_1_0_is_served() {
    let scene = Scene::new();
    let reply = scene.put("/api/csr/abc", &["--http1.0"]);
    assert_eq!(reply.json()["version"], "HTTP/1.1");
    assert_eq!(reply.json()["body"], "request");
    let bare = scene
        .nginx
        .raw(b"PUT /api/csr/abc HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(bare.json()["body"], "abc");
    let refusal = scene.nginx.raw(b"PUT /nowhere HTTP/1.0\r\n\r\n");
    assert_problem(&refusal, 404, "not-found");
}

#[test]
fn a_chunked_upload_arrives_whole_with_its_length() {
    let scene = Scene::new();
    let echo = scene
        .put("/api/csr/abc", &["--header", "Transfer-Encoding: chunked"])
        .json();
    assert_eq!(echo["body"], "request");
    assert_eq!(echo["headers"]["content-length"], "7");
    assert!(echo["headers"].get("transfer-encoding").is_none());
}

#[test]
fn expect_100_continue_is_answered() {
    let scene = Scene::new();
    let reply = scene.put("/api/csr/abc", &["--header", "Expect: 100-continue"]);
    assert_eq!(reply.json()["body"], "request");
    assert!(reply.json()["headers"].get("expect").is_none());
}

#[test]
fn a_body_that_stops_is_cut_off_and_sapi_never_sees_it() {
    let scene = Scene::with(Behaviour::Echo, |site| {
        site.edit("client_body_timeout 15s;", "client_body_timeout 1s;")
    });
    let mut slow = scene.nginx.connect();
    slow.write_all(b"PUT /api/csr/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        .unwrap();

    let begun = Instant::now();
    assert_eq!(
        scene.put("/api/csr/healthy", &[]).status,
        200,
        "others are served meanwhile"
    );
    assert!(begun.elapsed() < Duration::from_secs(5));

    let mut answer = Vec::new();
    let _cut = slow.read_to_end(&mut answer);
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "cut off after {:?}",
        begun.elapsed()
    );
    // nginx closes without an answer here. Only its log says 408.
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    assert!(
        scene
            .nginx
            .access_log()
            .contains(r#""uri":"/api/csr/slow","status":408"#)
    );
    assert_eq!(scene.stub.requests(), 1);
}

#[test]
fn a_slow_body_that_arrives_is_signed() {
    let scene = Scene::new();
    let mut slow = scene.nginx.connect();
    let head =
        b"PUT /api/csr/abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 6\r\n\r\n";
    slow.write_all(head).unwrap();
    for byte in b"abcdef" {
        assert_eq!(scene.stub.requests(), 0, "sapi waits for no client");
        slow.write_all(&[*byte]).unwrap();
        sleep(Duration::from_millis(50));
    }
    let mut answer = Vec::new();
    let _closed = slow.read_to_end(&mut answer);
    let reply = sapi_tests::curl::Reply::parse(&answer);
    assert_eq!(reply.json()["body"], "abcdef");
}

#[test]
fn a_head_that_stops_is_cut_off() {
    let scene = Scene::with(Behaviour::Echo, |site| {
        site.edit("client_header_timeout 10s;", "client_header_timeout 1s;")
    });
    let mut slow = scene.nginx.connect();
    slow.write_all(b"PUT /api/csr/slow HTTP/1.1\r\nHost:")
        .unwrap();
    let begun = Instant::now();
    let _cut = slow.read_to_end(&mut Vec::new());
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "cut off after {:?}",
        begun.elapsed()
    );
    assert_eq!(scene.stub.requests(), 0);
}

#[test]
fn too_many_requests_are_429_with_retry_after() {
    let scene = Scene::with(Behaviour::Echo, |site| {
        site.edit("rate=10000r/s;", "rate=1r/m;")
            .edit("burst=50", "burst=2")
    });
    for _ in 0..3 {
        assert_eq!(scene.put("/api/csr/abc", &[]).status, 200);
    }
    let reply = scene.put("/api/csr/abc", &[]);
    assert_problem(&reply, 429, "too-many-requests");
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(scene.stub.requests(), 3);
}

#[test]
fn too_many_requests_at_once_are_429() {
    let scene = Scene::with(Behaviour::Echo, |site| {
        site.edit("limit_conn sapi_open 10000;", "limit_conn sapi_open 1;")
    });
    let mut slow = scene.nginx.connect();
    slow.write_all(b"PUT /api/csr/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        .unwrap();
    let begun = Instant::now();
    while scene.put("/api/csr/abc", &[]).status == 200 {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "a second request was let in"
        );
    }
    assert_problem(&scene.put("/api/csr/abc", &[]), 429, "too-many-requests");
    drop(slow);
    while scene.put("/api/csr/abc", &[]).status == 429 {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "the place was not given back"
        );
    }
}
