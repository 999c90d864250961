//! SIGTERM: every accepted request is answered in full, then the process ends.

use std::io::Write;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use sapi_tests::curl::Reply;
use sapi_tests::shell::Place;
use sapi_tests::stream::read_to_close;

use super::{Scene, assert_problem, good_request, prepared, until, whole_put};

fn journalled(settings: &str) -> (Place, std::path::PathBuf) {
    let place = prepared("");
    let journal = place.file("journal");
    place.settings(&format!(
        "hooks.test.journal = {:?}\n{settings}",
        journal.display().to_string()
    ));
    (place, journal)
}

fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn requests_in_progress_are_answered_in_full() {
    let (place, journal) = journalled("");
    let scene = Scene::on(place);
    let mut slow: Vec<_> = ["wait1500", "record1500", "wait2000"]
        .map(|client| {
            let mut stream = scene.shell.connect();
            stream
                .write_all(&whole_put(client, "", &good_request()))
                .unwrap();
            stream
        })
        .into();
    until("all three hooks are asked", || {
        read(&journal).matches("asked").count() == 3
    });
    scene.shell.signal(Signal::TERM);
    until("nobody finds the socket any more", || {
        !scene.place.socket().exists()
    });
    for stream in &mut slow {
        let answer = read_to_close(&mut **stream);
        let reply = Reply::parse(&answer);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("connection"), Some("close"));
        assert!(reply.json()["signed_x509_pem"].is_string());
    }
    let outcome = scene.shell.wait();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(
        read(&journal).lines().count(),
        6,
        "asked and recorded, three times"
    );
}

#[test]
fn a_body_under_way_is_waited_for() {
    let scene = Scene::new();
    let whole = whole_put("web01", "", &good_request());
    let (first, rest) = whole.split_at(whole.len() - 10);
    let mut stream = scene.shell.connect();
    stream.write_all(first).unwrap();
    // Once a later request is answered, the head of this one has been read.
    scene.works();
    std::thread::sleep(Duration::from_millis(300));
    scene.shell.signal(Signal::TERM);
    until("it drains", || !scene.place.socket().exists());
    std::thread::sleep(Duration::from_millis(700));
    stream.write_all(rest).unwrap();
    assert_eq!(Reply::parse(&read_to_close(&mut *stream)).status, 200);
    assert_eq!(scene.shell.wait().code, Some(0));
}

#[test]
fn idle_connections_do_not_hold_up_the_end() {
    let scene = Scene::new();
    let mut idle: Vec<_> = (0..20).map(|_| scene.shell.connect()).collect();
    for stream in idle.iter_mut().take(10) {
        stream
            .write_all(&whole_put("deny", "", &good_request()))
            .unwrap();
        let mut piece = [0; 4096];
        assert!(stream.read(&mut piece).unwrap() > 0);
    }
    let begun = Instant::now();
    let outcome = scene.shell.end();
    assert_eq!(outcome.code, Some(0));
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn steady_traffic_does_not_put_off_the_end() {
    let scene = Scene::tcp("");
    let address = scene
        .shell
        .listen
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let senders: Vec<_> = (0..3)
        .map(|_| {
            let address = address.clone();
            std::thread::spawn(move || {
                let begun = Instant::now();
                let put = whole_put("wait20", "Connection: close\r\n", &good_request());
                while begun.elapsed() < Duration::from_secs(40) {
                    let Ok(mut stream) = std::net::TcpStream::connect(&address) else {
                        return;
                    };
                    if stream.write_all(&put).is_ok() {
                        let _answer = read_to_close(&mut stream);
                    }
                }
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    let begun = Instant::now();
    let outcome = scene.shell.end();
    let took = begun.elapsed();
    for sender in senders {
        sender.join().unwrap();
    }
    assert_eq!(outcome.code, Some(0));
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn after_the_deadline_the_rest_is_told_to_come_again() {
    let (place, journal) = journalled("http.shutdown_timeout = \"1s\"\nhooks.timeout = \"60s\"");
    let scene = Scene::on(place);
    let mut stream = scene.shell.connect();
    stream
        .write_all(&whole_put("wait50000", "", &good_request()))
        .unwrap();
    until("the hook is asked", || read(&journal).contains("asked"));
    let begun = Instant::now();
    scene.shell.signal(Signal::TERM);
    let reply = Reply::parse(&read_to_close(&mut *stream));
    assert_problem(&reply, 503, "draining");
    assert_eq!(reply.header("retry-after"), Some("5"));
    let outcome = scene.shell.wait();
    assert_eq!(outcome.code, Some(0));
    assert!(
        outcome.stderr.contains("http.shutdown_timeout"),
        "{}",
        outcome.stderr
    );
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_request_whose_client_left_is_recorded_before_the_end() {
    let (place, journal) = journalled("");
    let scene = Scene::on(place);
    let mut stream = scene.shell.connect();
    stream
        .write_all(&whole_put("wait1500", "", &good_request()))
        .unwrap();
    until("the hook is asked", || read(&journal).contains("asked"));
    drop(stream);
    assert_eq!(scene.shell.end().code, Some(0));
    assert!(
        read(&journal)
            .lines()
            .any(|line| line.starts_with("wait1500 "))
    );
}

#[test]
fn ctrl_c_is_an_end_too() {
    let scene = Scene::new();
    scene.shell.signal(Signal::INT);
    let outcome = scene.shell.wait();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!scene.place.socket().exists());
}

#[test]
fn under_load_every_request_is_answered_or_never_taken() {
    let scene = Scene::new();
    let socket = scene.place.socket();
    let senders: Vec<_> = (0..8)
        .map(|_| {
            let socket = socket.clone();
            std::thread::spawn(move || {
                let put = whole_put("web01", "", &good_request());
                let mut signed = 0;
                loop {
                    let Ok(mut stream) = std::os::unix::net::UnixStream::connect(&socket) else {
                        return signed;
                    };
                    stream.write_all(&put).unwrap();
                    stream.shutdown(std::net::Shutdown::Write).unwrap();
                    let answer = read_to_close(&mut stream);
                    assert!(!answer.is_empty(), "cut off after {signed}");
                    let reply = Reply::parse(&answer);
                    assert_eq!(reply.status, 200);
                    assert!(reply.json()["signed_x509_pem"].is_string());
                    signed += 1;
                }
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(1500));
    let outcome = scene.shell.end();
    assert_eq!(outcome.code, Some(0));
    let signed: usize = senders
        .into_iter()
        .map(|sender| sender.join().unwrap())
        .sum();
    assert!(signed > 0);
}
