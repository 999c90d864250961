//! Paths, methods, client identifiers.

use sapi_tests::curl::Reply;

use super::{Scene, assert_problem, whole_put};

#[test]
fn other_paths_are_404() {
    let scene = Scene::new();
    for path in [
        "/",
        "/api",
        "/api/csr",
        "/api/csr/",
        "/api/csr/a/b",
        "/api/csr/web01/",
        "//api/csr/web01",
        "/api//csr/web01",
        "/API/csr/web01",
        "/api/csr/../csr/web01",
        "/api/csr/web01/../web02",
        "/metrics",
        "/healthz",
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let reply = scene.shell.curl(path, &["--request", method]);
            assert_problem(&reply, 404, "not-found");
        }
    }
    scene.works();
}

#[test]
fn identifiers_are_letters_and_digits_after_decoding() {
    let scene = Scene::new();
    let longest = "x".repeat(64);
    for good in [
        "a",
        "Z9",
        "%61bc",
        "%77%65b01",
        "web01?query=ignored",
        &longest,
    ] {
        assert_eq!(scene.put(good, &[]).status, 200, "{good}");
    }
    // The hooks see the decoded identifier.
    assert_problem(&scene.put("%64eny", &[]), 403, "denied");
    let too_long = "x".repeat(65);
    for bad in [
        "web-01", "web_01", "a.b", "a%2Fb", "a%2fb", "%2e%2e", "a%20b", "a+b", "a%00", "%c3%a9",
        "%ff", "a%", "%zz", "a;b", "a:b", "a@b", "a%25", "%2561bc", "~", &too_long,
    ] {
        let reply = scene.put(bad, &[]);
        assert_problem(&reply, 404, "invalid-client-id");
    }
}

#[test]
fn a_raw_octet_in_the_path_is_no_identifier() {
    let scene = Scene::new();
    for octet in [b'\xe9', b'"', b'<', b'|'] {
        let mut bytes = whole_put("deny", "Connection: close\r\n", "");
        let place = bytes.windows(4).position(|four| four == b"deny").unwrap();
        bytes[place] = octet;
        let answer = scene.shell.raw(&bytes);
        let status = Reply::parse(&answer).status;
        assert!(status == 404 || status == 400, "{octet}: {status}");
    }
    scene.works();
}

#[test]
fn other_methods_are_405_naming_the_one() {
    let scene = Scene::new();
    for method in [
        "GET", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "put",
    ] {
        let reply = scene.shell.curl("/api/csr/web01", &["--request", method]);
        assert_problem(&reply, 405, "method-not-allowed");
        assert_eq!(reply.header("allow"), Some("PUT"), "{method}");
    }
}

#[test]
fn head_is_405_without_a_body() {
    let scene = Scene::new();
    let reply = scene.shell.curl("/api/csr/web01", &["--head"]);
    assert_eq!(reply.status, 405);
    assert_eq!(reply.header("allow"), Some("PUT"));
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json")
    );
    assert!(reply.body.is_empty());
}

#[test]
fn a_method_that_carries_a_body_leaves_the_connection_usable() {
    let scene = Scene::new();
    let mut bytes =
        b"POST /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nContent-Length: 5\r\n\r\nhello".to_vec();
    bytes.extend(whole_put(
        "deny",
        "Connection: close\r\n",
        &super::good_request(),
    ));
    let answer = scene.shell.raw(&bytes);
    let text = String::from_utf8_lossy(&answer);
    assert!(text.starts_with("HTTP/1.1 405 "), "{text}");
    // Either the next request is read where it begins, or the connection ends; never in between.
    let after = text.matches("HTTP/1.1 ").count();
    assert!(after == 1 || text.contains("HTTP/1.1 403 "), "{text}");
}

#[test]
fn http_1_0_is_served() {
    let scene = Scene::new();
    let reply = scene.put("web01", &["--http1.0"]);
    assert_eq!(reply.status, 200);
}

#[test]
fn the_same_holds_on_tcp() {
    let scene = Scene::tcp("");
    scene.works();
    assert_problem(&scene.shell.curl("/", &[]), 404, "not-found");
    assert_problem(&scene.put("deny", &[]), 403, "denied");
    assert_problem(&scene.put("a-b", &[]), 404, "invalid-client-id");
}
