//! One path goes to sapi, as it was sent; every other is 404.

use super::{Scene, assert_problem};

#[test]
fn the_endpoint_goes_on_with_its_raw_uri() {
    let scene = Scene::new();
    for target in [
        "/api/csr/client1",
        "/api/csr/%61bc",
        "/api/csr/a%2Fb",
        "/api/csr//abc",
        "/api/csr/abc/",
        "/api/csr/",
        "/api/csr/a%20b",
        "/api/csr/a/../b",
        "/api/csr/abc?x=%41&y",
    ] {
        let reply = scene.put(target, &[]);
        assert_eq!(reply.status, 200, "{target}");
        assert_eq!(reply.json()["target"], target);
        assert_eq!(reply.json()["method"], "PUT");
        assert_eq!(reply.json()["version"], "HTTP/1.1");
        assert_eq!(reply.json()["body"], "request");
    }
}

#[test]
fn any_other_path_is_404_and_never_reaches_sapi() {
    let scene = Scene::new();
    for target in [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/ping",
        "/api/csr",
        "/api/csrx/abc",
        "/API/CSR/abc",
        "//api/csr/abc",
        "/api//csr/abc",
        "/x/../api/csr/abc",
        "/./api/csr/abc",
        "/api%2Fcsr/abc",
        "/api/csr%2Fabc",
        "/%61pi/csr/abc",
        "/api/csr/..",
        "/api/csr/../../metrics",
        "/api/csr/%2e%2e/%2e%2e/metrics",
        "/api/csr/..%2f..%2fmetrics",
        "/.sapi-problem/404",
        "/.sapi-problem/503",
        "/index.html",
    ] {
        let reply = scene.put(target, &[]);
        assert_problem(&reply, 404, "not-found");
        assert_eq!(scene.stub.requests(), 0, "{target} went on to sapi");
    }
}

#[test]
fn a_target_in_absolute_form_is_judged_by_its_path() {
    let scene = Scene::new();
    let ask = |path: &str| {
        let head = format!("PUT https://ca.example.net{path} HTTP/1.1\r\nHost: ca.example.net\r\n");
        scene
            .nginx
            .raw(format!("{head}Connection: close\r\nContent-Length: 0\r\n\r\n").as_bytes())
    };
    assert_problem(&ask("/metrics"), 404, "not-found");
    assert_eq!(scene.stub.requests(), 0);
    assert_eq!(ask("/api/csr/abc").json()["target"], "/api/csr/abc");
}

#[test]
fn other_methods_go_on_for_sapi_to_refuse() {
    let scene = Scene::new();
    for method in ["GET", "POST", "DELETE", "PATCH", "OPTIONS"] {
        let reply = scene.nginx.curl("/api/csr/abc", &["--request", method]);
        assert_eq!(reply.json()["method"], method);
    }
}
