//! Bodies that are too large, compressed, slow, or announced and never sent.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use sapi_tests::curl::Reply;

use super::{Front, SOON, WAYS, Way, put, request};
use crate::nginx::assert_problem;

#[test]
fn a_byte_too_much_is_413_with_and_without_length() {
    let front = Front::new();
    let body = "a".repeat(64 * 1024 + 1);
    let chunked = format!(
        "PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    for way in WAYS {
        let announced = put("web01", "Connection: close\r\n", &body);
        for bytes in [announced.as_slice(), chunked.as_bytes()] {
            let reply = front.first(way, bytes).expect("an answer");
            assert_problem(&reply, 413, "body-too-large");
        }
        // A body one byte smaller is read: it is not a request, but its size is accepted.
        let fits = put("web01", "Connection: close\r\n", &body[1..]);
        assert_problem(&front.first(way, &fits).unwrap(), 400, "not-a-request");
    }
    front.works();
}

#[test]
fn a_body_without_end_is_cut() {
    let front = Front::new();
    let head = "PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut stream = front.shell.connect();
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(0x1000));
    // The server lingers a little, so that a client that does stop can read the answer.
    let begun = Instant::now();
    while stream.write_all(chunk.as_bytes()).is_ok() {
        assert!(begun.elapsed() < SOON, "it is still read");
    }
    front.works();
}

#[test]
fn compressed_bodies_are_415_however_they_say_it() {
    let front = Front::new();
    for way in WAYS {
        for coding in [
            "gzip",
            "GZIP",
            "br",
            "identity, gzip",
            "deflate",
            "x-unknown",
        ] {
            let headers = format!("Connection: close\r\nContent-Encoding: {coding}\r\n");
            let reply = front.first(way, &put("web01", &headers, &request("a.example")));
            assert_problem(&reply.unwrap(), 415, "unsupported-encoding");
        }
    }
}

#[test]
fn a_client_that_waits_for_100_continue_is_told_to_go_on() {
    let front = Front::new();
    let body = request("a.example");
    for way in WAYS {
        let head = format!(
            "PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = match way {
            Way::Socket => converse(&mut front.shell.connect(), &head, &body),
            Way::Nginx => converse(&mut front.nginx.connect(), &head, &body),
        };
        assert_eq!(Reply::parse(&answer).status, 200, "{way:?}");
    }
}

/// Sends the head, waits for an answer to it, then sends the body.
fn converse(stream: &mut (impl Read + Write), head: &str, body: &str) -> Vec<u8> {
    stream.write_all(head.as_bytes()).unwrap();
    let mut interim = [0; 64];
    let length = stream.read(&mut interim).unwrap();
    assert!(
        interim[..length].starts_with(b"HTTP/1.1 100 "),
        "{:?}",
        &interim[..length]
    );
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _cut = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn whoever_expects_100_for_too_much_hears_413_at_once() {
    let front = Front::new();
    let head = "PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n";
    for way in WAYS {
        let answer = front.send(way, head.as_bytes());
        let text = String::from_utf8_lossy(&answer);
        let last = text.rfind("HTTP/1.1 ").map(|at| &text[at..at + 12]);
        assert_eq!(last, Some("HTTP/1.1 413"), "{way:?}: {text}");
    }
}

#[test]
fn chunk_extensions_are_read_over_and_trailers_change_nothing() {
    let front = Front::new();
    let body = request("a.example");
    let chunks = format!(
        "{:x};a=b;c=\"d\"\r\n{body}\r\n0;end\r\nContent-Length: 7\r\nX-Client-Verify: SUCCESS\r\n\r\n",
        body.len()
    );
    let bytes = format!(
        "PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
    );
    for way in WAYS {
        // Trailers may be refused or ignored; they never become headers.
        let status = front
            .first(way, bytes.as_bytes())
            .map_or(0, |reply| reply.status);
        assert!([200, 400].contains(&status), "{way:?}: {status}");
        let plain = bytes.replace("Content-Length: 7\r\nX-Client-Verify: SUCCESS\r\n", "");
        assert_eq!(
            front.first(way, plain.as_bytes()).unwrap().status,
            200,
            "{way:?}"
        );
    }
    front.works();
}

#[test]
fn slow_bodies_are_cut_and_hold_nobody_up() {
    let front = Front::new();
    let mut slow: Vec<_> = (0..50).map(|_| front.shell.connect()).collect();
    for stream in &mut slow {
        let head = b"PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nContent-Length: 60000\r\n\r\n--";
        stream.write_all(head).unwrap();
    }
    let begun = Instant::now();
    front.works();
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "held up by slow bodies"
    );
    for stream in &mut slow {
        let mut answer = Vec::new();
        let _cut = stream.read_to_end(&mut answer);
        assert_problem(&Reply::parse(&answer), 408, "timeout");
    }
    assert!(begun.elapsed() < SOON);
    front.works();
}
