//! Slow heads, slow bodies, slow hooks, too many at once, clients that leave.

use std::io::Write;
use std::time::{Duration, Instant};

use sapi_tests::curl::Reply;
use sapi_tests::shell::Place;
use sapi_tests::stream::read_to_close;

use super::{Scene, assert_problem, good_request, prepared, until, whole_put};

/// The time in which a limit of half a second must take effect on a busy machine.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_slow_head_is_given_up() {
    let scene = Scene::with("http.header_timeout = \"500ms\"");
    let mut stream = scene.shell.connect();
    let begun = Instant::now();
    stream
        .write_all(b"PUT /api/csr/web01 HTTP/1.1\r\nHos")
        .unwrap();
    let answer = read_to_close(&mut *stream);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert!(begun.elapsed() >= Duration::from_millis(400));
    if !answer.is_empty() {
        assert_eq!(Reply::parse(&answer).status, 408);
    }
    scene.works();
}

#[test]
fn a_slow_head_after_a_good_request_is_given_up_too() {
    let scene = Scene::with("http.header_timeout = \"500ms\"\nhttp.keep_alive = \"1s\"");
    let mut stream = scene.shell.connect();
    let mut bytes = whole_put("deny", "", &good_request());
    bytes.extend(b"PUT /api/csr/web01 HTTP/1.1\r\nHos");
    stream.write_all(&bytes).unwrap();
    let begun = Instant::now();
    let answer = read_to_close(&mut *stream);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_eq!(Reply::parse(&answer).status, 403);
}

#[test]
fn a_slow_body_is_408() {
    let scene = Scene::with("http.body_timeout = \"500ms\"");
    let mut stream = scene.shell.connect();
    let begun = Instant::now();
    let head = "PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nContent-Length: 1000\r\n\r\nsome";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = read_to_close(&mut *stream);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_problem(&Reply::parse(&answer), 408, "timeout");
    scene.works();
}

#[test]
fn a_body_in_drops_is_408_however_steady() {
    let scene = Scene::with("http.body_timeout = \"1s\"");
    let mut stream = scene.shell.connect();
    let begun = Instant::now();
    let head = "PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nContent-Length: 1000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    // No pause is longer than the limit, but the server ends the body all the same.
    while begun.elapsed() < SOON && stream.write_all(b"x").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    scene.works();
}

#[test]
fn an_idle_connection_is_closed() {
    let scene = Scene::with("http.keep_alive = \"500ms\"");
    let mut stream = scene.shell.connect();
    stream
        .write_all(&whole_put("deny", "", &good_request()))
        .unwrap();
    let begun = Instant::now();
    assert_eq!(Reply::parse(&read_to_close(&mut *stream)).status, 403);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[test]
fn a_hook_past_its_limit_is_503() {
    let scene = Scene::with("hooks.timeout = \"500ms\"");
    for client in ["wait30000", "record30000", "block1500"] {
        let begun = Instant::now();
        let reply = scene.put(client, &[]);
        assert_problem(&reply, 503, "hook-timeout");
        assert_eq!(reply.header("retry-after"), Some("10"), "{client}");
        assert!(begun.elapsed() < SOON, "{client}: {:?}", begun.elapsed());
    }
    scene.works();
}

#[test]
fn more_in_progress_than_allowed_are_503_at_once() {
    let scene = Scene::with("http.max_in_flight = 2\nhooks.timeout = \"60s\"");
    let mut slow: Vec<_> = (0..2).map(|_| scene.shell.connect()).collect();
    for stream in &mut slow {
        stream
            .write_all(&whole_put(
                "wait4000",
                "Connection: close\r\n",
                &good_request(),
            ))
            .unwrap();
    }
    let mut refused = None;
    until("the two places are taken", || {
        let reply = scene.put("deny", &[]);
        let full = reply.status == 503;
        refused = Some(reply);
        full
    });
    let reply = refused.unwrap();
    assert_problem(&reply, 503, "overloaded");
    assert_eq!(reply.header("retry-after"), Some("1"));
    for stream in &mut slow {
        assert_eq!(Reply::parse(&read_to_close(&mut **stream)).status, 200);
    }
    scene.works();
}

#[test]
fn a_request_whose_client_has_left_is_still_recorded() {
    let place: Place = prepared("");
    let journal = place.file("journal");
    place.settings(&format!(
        "hooks.test.journal = {:?}",
        journal.display().to_string()
    ));
    let mut scene = Scene::on(place);
    for listen_for in ["wait1000", "record1000"] {
        let mut stream = scene.shell.connect();
        stream
            .write_all(&whole_put(listen_for, "", &good_request()))
            .unwrap();
        until("the hook is asked", || {
            read(&journal).contains(&format!("asked {listen_for}"))
        });
        drop(stream);
        until("it is recorded", || {
            read(&journal)
                .lines()
                .any(|line| line.starts_with(listen_for))
        });
        let line = scene.shell.logs(|line| {
            line.contains("sapi::audit") && line.contains(&format!("\"{listen_for}\""))
        });
        assert!(line.contains("\"outcome\":\"issued\""), "{line}");
    }
    scene.works();
}

fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
