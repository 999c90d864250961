//! Answers other than a certificate: pending, rejected, unacceptable, busy, none.

use std::fs;

use sapi_tests::running::Running;
use sapi_tests::tool::run;

use super::Scene;

#[test]
fn it_waits_for_an_approval_and_sends_the_same_request() {
    let scene = Scene::new();
    let mut command = scene.client("approve2");
    // The hook counts by the request's bytes.
    run(&mut command)
        .expect(0)
        .says(&["not decided yet; asking again in 1 s"]);
    scene.verifies("approve2");
    assert_eq!(scene.asked("approve2"), 3);
}

#[test]
fn once_does_not_wait_and_later_runs_send_the_same_request() {
    let scene = Scene::new();
    for _ in 0..2 {
        run(scene.client("approve2").arg("--once"))
            .expect(69)
            .says(&["not decided yet; ask again in 1 s"]);
        scene.has_nothing("approve2");
    }
    let kept = scene.read("approve2", ".pending.pem");
    run(scene.client("approve2").arg("--once")).expect(0);
    scene.verifies("approve2");
    assert!(
        kept.contains(&scene.read("approve2", "key.pem")),
        "the key differs from the one that was kept"
    );
    assert!(!scene.dir("approve2").join(".pending.pem").exists());
}

#[test]
fn a_request_that_is_no_longer_wanted_is_made_anew() {
    let scene = Scene::new();
    run(scene.client("later").arg("--once")).expect(69);
    let before = scene.read("later", ".pending.pem");
    run(scene.client("later").arg("--once")).expect(69);
    assert_eq!(before, scene.read("later", ".pending.pem"));
    for more in [["--name", "DNS:a.example"], ["--key", "ed25519"]] {
        let before = scene.read("later", ".pending.pem");
        run(scene.client("later").arg("--once").args(more)).expect(69);
        assert_ne!(before, scene.read("later", ".pending.pem"), "{more:?}");
    }
}

#[test]
fn a_rejection_ends_it_with_the_reason() {
    let scene = Scene::new();
    for waiting in [
        &[][..],
        &["--once"],
        &["--wait"],
        &["renew"],
        &["daemon"],
        &["--start-over"],
    ] {
        run(scene.client("deny").args(waiting))
            .expect(77)
            .says(&["rejected: not on a \"Sunday\" (status 403"]);
        scene.has_nothing("deny");
    }
    run(&mut scene.client("login"))
        .expect(77)
        .says(&["asks for credentials"]);
}

#[test]
fn start_over_makes_key_and_request_anew() {
    let scene = Scene::new();
    run(&mut scene.client("firstkey"))
        .expect(77)
        .says(&["this key is on a list"]);
    let first = scene.read("firstkey", ".pending.pem");
    run(&mut scene.client("firstkey")).expect(77);
    assert_eq!(first, scene.read("firstkey", ".pending.pem"));
    run(scene.client("firstkey").arg("--start-over"))
        .expect(0)
        .says(&["starting over"]);
    scene.verifies("firstkey");
    assert!(!first.contains(&scene.read("firstkey", "key.pem")));
}

#[test]
fn what_the_server_does_not_take_is_explained() {
    let scene = Scene::new();
    let mut elsewhere = scene.lost("web01");
    elsewhere
        .arg("--ca-file")
        .arg(scene.place.file("ca.cert.pem"));
    elsewhere.args(["--url", &scene.nginx.url("/elsewhere")]);
    run(&mut elsewhere)
        .expect(78)
        .says(&["the server does not take this request", "status 404"]);
    let ca = "CN=throw-away authority of the shell";
    run(scene.client("web01").args(["--field", ca]))
        .expect(78)
        .says(&["status 422"]);
    scene.has_nothing("web01");
}

#[test]
fn a_server_that_is_busy_broken_or_away_is_a_temporary_failure() {
    let mut scene = Scene::new();
    run(scene.client("slower").arg("--once"))
        .expect(75)
        .says(&["status 429"]);
    run(scene.client("error").arg("--once"))
        .expect(75)
        .says(&["status 500"]);
    // nginx is there, but the service behind it is not.
    let _ended = scene.shell.take().unwrap().end();
    run(scene.client("web01").arg("--once"))
        .expect(75)
        .says(&["status 503"]);
    run(scene.client("web01").arg("probe"))
        .expect(75)
        .says(&["the server is not ready"]);
    // Nothing listens at all.
    let mut away = scene.lost("web01");
    away.arg("--ca-file").arg(scene.place.file("ca.cert.pem"));
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    away.args(["--once", "--url", &format!("https://127.0.0.1:{port}")]);
    run(&mut away)
        .expect(75)
        .says(&["cannot be reached", "refused"]);
    scene.has_nothing("web01");
}

#[test]
fn a_server_that_comes_back_is_waited_for() {
    let mut scene = Scene::new();
    let _ended = scene.shell.take().unwrap().end();
    let mut command = scene.client("web01");
    command.arg("--wait").stderr(std::process::Stdio::piped());
    let waiting = Running::start(&mut command);
    let log = fs::metadata(scene.nginx.folder().join("sapi.access.log"))
        .unwrap()
        .len();
    crate::http::until("it has asked in vain", || {
        scene.nginx.access_log().len() as u64 > log
            && scene.nginx.access_log().contains("\"status\":503")
    });
    scene.shell = Some(scene.place.start());
    sapi_tests::tool::finish(waiting)
        .expect(0)
        .says(&["trying again in"]);
    scene.verifies("web01");
}

#[test]
fn where_the_server_does_not_say_when_the_client_chooses() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        for answer in ["202 Accepted", "202 Accepted", "403 Forbidden"] {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut heard, mut piece) = (Vec::new(), [0; 4096]);
            while !heard.ends_with(b"-----END CERTIFICATE REQUEST-----\n") {
                let length = stream.read(&mut piece).unwrap();
                heard.extend_from_slice(&piece[..length]);
            }
            let head = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
        }
    });
    let scene = Scene::new();
    let mut command = scene.lost("web01");
    command
        .args(["--url", &url, "--ca-file"])
        .arg(scene.place.file("ca.cert.pem"));
    // One to two seconds, then two to four.
    let said = run(&mut command).expect(77).stderr;
    let seconds: Vec<u64> = said
        .lines()
        .filter_map(|line| {
            line.strip_prefix("the request is not decided yet; asking again in ")?
                .strip_suffix(" s")
        })
        .map(|number| number.parse().unwrap())
        .collect();
    assert!(matches!(seconds[..], [1..=2, 2..=4]), "{said}");
    server.join().unwrap();
}
