//! Content-Type, Content-Encoding, size.

use super::{Scene, assert_problem, good_request};

#[test]
fn accepted_types() {
    let scene = Scene::new();
    for kind in [
        "application/pkcs10",
        "application/x-pem-file",
        "application/octet-stream",
        "APPLICATION/PKCS10",
        "application/pkcs10; charset=utf-8",
        "application/x-pem-file ;a=\"b;c\"",
    ] {
        let header = format!("Content-Type: {kind}");
        assert_eq!(scene.put("web01", &["-H", &header]).status, 200, "{kind}");
    }
    assert_eq!(scene.put("web01", &[]).status, 200, "curl -T sends none");
}

#[test]
fn other_types_are_415_naming_the_accepted_ones() {
    let scene = Scene::new();
    for kind in [
        "text/plain",
        "application/json",
        "application/pkcs10x",
        "application/pkcs10, text/plain",
        "application",
        "multipart/form-data; boundary=x",
        "*/*",
        ";",
    ] {
        let reply = scene.put("web01", &["-H", &format!("Content-Type: {kind}")]);
        assert_problem(&reply, 415, "unsupported-media-type");
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        for accepted in [
            "application/pkcs10",
            "application/x-pem-file",
            "application/octet-stream",
        ] {
            assert!(detail.contains(accepted), "{detail}");
        }
        assert!(!detail.contains("--data-binary"), "{detail}");
    }
}

#[test]
fn two_types_are_415() {
    let scene = Scene::new();
    let twice = [
        "-H",
        "Content-Type: application/pkcs10",
        "-H",
        "content-type: application/pkcs10",
    ];
    let reply = scene.put("web01", &twice);
    assert_problem(&reply, 415, "unsupported-media-type");
}

#[test]
fn curls_data_binary_is_415_with_the_way_out() {
    let scene = Scene::new();
    let file = format!("@{}", scene.place.file("client.csr").display());
    let put = ["--request", "PUT", "--data-binary", &file];
    let reply = scene.shell.curl("/api/csr/web01", &put);
    assert_problem(&reply, 415, "unsupported-media-type");
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("curl -T"), "{detail}");
    // The way out that the hint names works.
    let typed = ["-H", "Content-Type: application/pkcs10"];
    let reply = scene
        .shell
        .curl("/api/csr/web01", &[&put[..], &typed].concat());
    assert_eq!(reply.status, 200);
}

#[test]
fn encodings_are_415_but_for_identity() {
    let scene = Scene::new();
    for encoding in ["gzip", "br", "deflate", "gzip, identity", "chunked", "x"] {
        let reply = scene.put("web01", &["-H", &format!("Content-Encoding: {encoding}")]);
        assert_problem(&reply, 415, "unsupported-encoding");
    }
    for same in ["identity", "Identity"] {
        let header = format!("Content-Encoding: {same}");
        assert_eq!(scene.put("web01", &["-H", &header]).status, 200, "{same}");
    }
}

#[test]
fn the_limit_holds_to_the_byte_with_and_without_a_length() {
    // Text before the request fills it up, as signatures make the lengths of requests differ.
    let request = good_request();
    let body = format!("{}\n{request}", "x".repeat(2999 - request.len()));
    assert_eq!(body.len(), 3000);
    let scene = Scene::with("http.max_body = 3000");
    let chunked: &[&str] = &["-H", "Transfer-Encoding: chunked"];
    for how in [&[], chunked] {
        assert_eq!(scene.put_body(body.as_bytes(), how).status, 200, "{how:?}");
        let over = format!("{body}\n");
        assert_problem(&scene.put_body(over.as_bytes(), how), 413, "body-too-large");
    }
    scene.works();
}

#[test]
fn far_too_large_is_413_and_the_client_reads_it() {
    let scene = Scene::new();
    let body = vec![b'x'; 8 << 20];
    for how in [
        &["-H", "Expect:"][..],
        &["-H", "Expect: 100-continue"],
        &["-H", "Expect:", "-H", "Transfer-Encoding: chunked"],
    ] {
        assert_problem(&scene.put_body(&body, how), 413, "body-too-large");
    }
    scene.works();
}

#[test]
fn a_body_as_large_as_allowed_is_read_whole() {
    let scene = Scene::new();
    let body = vec![b'x'; 65536];
    assert_problem(&scene.put_body(&body, &[]), 400, "not-a-request");
    let over = vec![b'x'; 65537];
    assert_problem(&scene.put_body(&over, &[]), 413, "body-too-large");
}
