//! A membership service on loopback, and what the hook makes of its answers.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sapi::CertRequest;
use sapi::testing::{Clock, Harness, RequestBuilder, conformance};

use super::*;

/// A real service on loopback, and how often it was asked.
fn service() -> (Settings, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let counter = Arc::clone(&counter);
            thread::spawn(move || answer(stream, &counter));
        }
    });
    let settings = Settings {
        url: format!("http://{address}/members/"),
        timeout_ms: 2000,
        remember_s: 60,
    };
    (settings, asked)
}

fn answer(mut stream: std::net::TcpStream, counter: &AtomicUsize) {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut octet).unwrap_or(0) == 0 {
            return;
        }
        head.push(octet[0]);
    }
    counter.fetch_add(1, Ordering::SeqCst);
    let head = String::from_utf8(head).unwrap();
    let (status, body) = match head.split(['/', ' ']).nth(3).unwrap() {
        "web01" => (
            "200 OK",
            r#"{"names":["DNS:www.example.com"],"validity":"30d"}"#,
        ),
        "broken" => ("200 OK", "{\"names\":"),
        "down" => ("503 Service Unavailable", ""),
        "moved" => ("302 Found\r\nLocation: /members/web01", ""),
        // Never answers: the time limit has to end it.
        "slow" => loop {
            if stream.read(&mut octet).unwrap_or(0) == 0 {
                return;
            }
        },
        _ => ("404 Not Found", ""),
    };
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}

fn request() -> CertRequest {
    RequestBuilder::new().dns("www.example.com").build()
}

#[tokio::test]
async fn members_get_their_names_and_others_nothing() {
    let (settings, _) = service();
    let harness = Harness::new(HttpMembers::new(settings));
    let seen = harness.observe("web01", &request()).await;
    seen.assert_names(["DNS:www.example.com"]);
    assert_eq!(seen.terms().unwrap().validity(), Validity::days(30));
    harness
        .observe("web02", &request())
        .await
        .assert_denied("unknown client");
    let more = RequestBuilder::new().dns("other.example.com").build();
    harness
        .observe("web01", &more)
        .await
        .assert_denied("DNS:other.example.com: is not among");
    let called = RequestBuilder::new().common_name("other").build();
    harness
        .observe("web01", &called)
        .await
        .assert_denied("subject: CN=other is neither");
    let fields = RequestBuilder::new().field("O", "Somebody Else").build();
    harness
        .observe("web01", &fields)
        .await
        .assert_denied("subject: O is not allowed");
}

#[tokio::test]
async fn a_yes_is_remembered_for_its_time_and_a_no_is_not() {
    let (settings, asked) = service();
    let clock = Clock::at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    let harness = Harness::new(HttpMembers::new(settings)).clock(&clock);
    let times = || asked.load(Ordering::SeqCst);
    for _ in 0..3 {
        harness.observe("web01", &request()).await.assert_issued();
    }
    assert_eq!(times(), 1);
    clock.advance(Duration::from_secs(60));
    harness.observe("web01", &request()).await.assert_issued();
    assert_eq!(times(), 2);
    for _ in 0..2 {
        harness
            .observe("web02", &request())
            .await
            .assert_denied("unknown");
    }
    assert_eq!(times(), 4);
}

#[tokio::test]
async fn no_answer_a_late_one_and_a_strange_one_refuse() {
    let (mut settings, _) = service();
    settings.timeout_ms = 300;
    let harness = Harness::new(HttpMembers::new(settings.clone()));
    for client in ["slow", "broken", "down", "moved"] {
        harness
            .observe(client, &request())
            .await
            .assert_rejected("internal-error");
    }
    // A port that nobody listens on any more.
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    settings.url = format!("http://{gone}/");
    let harness = Harness::new(HttpMembers::new(settings));
    harness
        .observe("web01", &request())
        .await
        .assert_rejected("internal-error");
}

#[tokio::test]
async fn it_conforms() {
    let (mut settings, _) = service();
    settings.timeout_ms = 60_000;
    let hooks = HttpMembers::new(settings);
    let suite = conformance(hooks)
        .client("web01")
        .name("DNS:www.example.com");
    suite.requests(60).run().await;
}
