//! A restart of sapi behind nginx.

use std::fs;

use super::{Behaviour, Scene, Stub};

#[test]
fn a_connection_cut_without_an_answer_is_tried_once_more() {
    let scene = Scene::with(Behaviour::CutFirst, |site| site);
    let reply = scene.put("/api/csr/abc", &[]);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["body"], "request");
    assert_eq!(scene.stub.requests(), 2);
}

#[test]
fn a_socket_that_comes_back_is_used_at_once() {
    let scene = Scene::new();
    let socket = scene.folder.path().join("sapi.sock");
    fs::remove_file(&socket).unwrap();
    for _ in 0..5 {
        assert_eq!(scene.put("/api/csr/abc", &[]).status, 503);
    }
    let next = Stub::start(&socket, Behaviour::Echo);
    assert_eq!(scene.put("/api/csr/abc", &[]).status, 200);
    assert_eq!((scene.stub.requests(), next.requests()), (0, 1));
}

#[test]
fn connections_to_sapi_are_kept() {
    let scene = Scene::new();
    // One connection of curl, hence one worker's memory of open connections.
    for _ in 0..3 {
        let headers = scene.put("/api/csr/abc", &[]).json()["headers"].take();
        assert!(headers.get("connection").is_none(), "{headers}");
    }
    assert_eq!(scene.stub.requests(), 3);
    assert_eq!(scene.stub.connections(), 1);
}
