//! Lines and headers that no honest client sends.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::{Front, SOON, WAYS, Way, put, request};

/// Each head with its right statuses, on the socket and through nginx. 0 means a close without an answer.
/// Only a head with the status 200 may lead to a certificate.
#[test]
fn odd_heads_get_the_right_status() {
    let front = Front::new();
    let body = request("a.example");
    let length = format!("Content-Length: {}", body.len());
    let target = "PUT /api/csr/web01 HTTP/1.1";
    let ended = "Connection: close";
    let cases: &[(&str, String, &[u16], &[u16])] = &[
        (
            "no length sign",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nContent-Length: +10\r\n"),
            &[400],
            &[400],
        ),
        (
            "negative",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nContent-Length: -1\r\n"),
            &[400],
            &[400],
        ),
        (
            "hex",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nContent-Length: 0x10\r\n"),
            &[400],
            &[400],
        ),
        (
            "a list",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nContent-Length: 5, 5\r\n"),
            &[400],
            &[400],
        ),
        (
            "empty",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nContent-Length: \r\n"),
            &[400],
            &[400],
        ),
        (
            "beyond 64 bits",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nContent-Length: 18446744073709551616\r\n"),
            &[400, 413],
            &[400, 413],
        ),
        (
            "two lengths",
            format!("{target}\r\nHost: ca\r\n{ended}\r\n{length}\r\nContent-Length: 1\r\n"),
            &[400],
            &[400],
        ),
        (
            "length and chunks",
            format!(
                "{target}\r\nHost: ca\r\n{ended}\r\n{length}\r\nTransfer-Encoding: chunked\r\n"
            ),
            &[400],
            &[400],
        ),
        (
            "unknown coding",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nTransfer-Encoding: xchunked\r\n"),
            &[400, 501],
            &[400, 501],
        ),
        (
            "chunked twice",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nTransfer-Encoding: chunked, chunked\r\n"),
            &[400, 501],
            &[400, 501],
        ),
        (
            "space before the colon",
            format!(
                "{target}\r\nHost: ca\r\n{ended}\r\nContent-Length : {}\r\n",
                body.len()
            ),
            &[400],
            &[400],
        ),
        (
            "a folded line",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nX-Fold: a\r\n b\r\n{length}\r\n"),
            &[400],
            &[400],
        ),
        (
            "a folded length",
            format!(
                "{target}\r\nHost: ca\r\n{ended}\r\nContent-Length:\r\n {}\r\n",
                body.len()
            ),
            &[400],
            &[400],
        ),
        (
            "NUL in a value",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nX-A: a\0b\r\n{length}\r\n"),
            &[400],
            &[400],
        ),
        (
            "a bare CR",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nX-A: a\rb\r\n{length}\r\n"),
            &[400],
            &[400],
        ),
        (
            "two hosts",
            format!("{target}\r\nHost: ca\r\nHost: other\r\n{ended}\r\n{length}\r\n"),
            &[400],
            &[400],
        ),
        (
            "no host",
            format!("{target}\r\n{ended}\r\n{length}\r\n"),
            &[400],
            &[400],
        ),
        (
            "version 1.0",
            format!("PUT /api/csr/web01 HTTP/1.0\r\n{length}\r\n"),
            &[200],
            &[200],
        ),
        (
            "version 1.0 with chunks",
            "PUT /api/csr/web01 HTTP/1.0\r\nTransfer-Encoding: chunked\r\n".into(),
            &[400],
            &[400],
        ),
        (
            "version 2.0",
            format!("PUT /api/csr/web01 HTTP/2.0\r\nHost: ca\r\n{length}\r\n"),
            &[400, 505],
            &[400, 505],
        ),
        (
            "absolute form",
            format!("PUT http://ca/api/csr/web01 HTTP/1.1\r\nHost: ca\r\n{ended}\r\n{length}\r\n"),
            &[200],
            &[200],
        ),
        (
            "absolute form, elsewhere",
            format!("PUT http://other/x HTTP/1.1\r\nHost: ca\r\n{ended}\r\n{length}\r\n"),
            &[404],
            &[404],
        ),
        (
            "authority form",
            format!("CONNECT ca:443 HTTP/1.1\r\nHost: ca\r\n{ended}\r\n"),
            &[404, 405, 400],
            &[405, 400],
        ),
        (
            "asterisk",
            format!("OPTIONS * HTTP/1.1\r\nHost: ca\r\n{ended}\r\n"),
            &[404, 400],
            &[400, 404, 405],
        ),
        (
            "gzip",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nContent-Encoding: gzip\r\n{length}\r\n"),
            &[415],
            &[415],
        ),
        (
            "upgrade",
            format!(
                "{target}\r\nHost: ca\r\nConnection: close, upgrade\r\nUpgrade: h2c\r\n{length}\r\n"
            ),
            &[200],
            &[200],
        ),
        (
            "an expectation nobody knows",
            format!("{target}\r\nHost: ca\r\n{ended}\r\nExpect: miracles\r\n{length}\r\n"),
            &[200, 417],
            &[200, 417],
        ),
    ];
    let mut faults = Vec::new();
    for (what, head, on_socket, through_nginx) in cases {
        for way in WAYS {
            let right = if way == Way::Socket {
                on_socket
            } else {
                through_nginx
            };
            let bytes = format!("{head}\r\n{body}");
            let status = front
                .first(way, bytes.as_bytes())
                .map_or(0, |reply| reply.status);
            if !right.contains(&status) {
                faults.push(format!("{what}, {way:?}: {status}, not {right:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    front.works();
}

#[test]
fn floods_of_headers_are_refused() {
    let front = Front::new();
    let many: String = (0..5000).map(|at| format!("X-{at}: a\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "a".repeat(300_000));
    let target = "a".repeat(200_000);
    for way in WAYS {
        for head in [
            format!("PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\n{many}\r\n"),
            format!("PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\n{long}\r\n"),
            format!("PUT /api/csr/{target} HTTP/1.1\r\nHost: ca\r\n\r\n"),
        ] {
            // A server that has read enough may reset the connection before its answer arrives.
            let status = front
                .first(way, head.as_bytes())
                .map_or(0, |reply| reply.status);
            assert!(
                [0, 400, 413, 414, 431].contains(&status),
                "{way:?}: {status}"
            );
        }
    }
    front.works();
}

#[test]
fn slow_heads_are_cut_and_hold_nobody_up() {
    let front = Front::new();
    let begun = Instant::now();
    let mut slow: Vec<_> = (0..50).map(|_| front.shell.connect()).collect();
    for stream in &mut slow {
        stream
            .write_all(b"PUT /api/csr/web01 HTTP/1.1\r\nX-A: ")
            .unwrap();
    }
    front.works();
    // A byte now and then does not buy more time.
    let mut open = slow.len();
    while open > 0 && begun.elapsed() < SOON {
        std::thread::sleep(Duration::from_millis(200));
        open = slow
            .iter_mut()
            .map(|s| usize::from(s.write_all(b"a").is_ok()))
            .sum();
    }
    assert_eq!(open, 0, "{open} slow heads are still open");
    front.works();
}

#[test]
fn a_client_that_closes_its_half_gets_its_answer() {
    let front = Front::new();
    let bytes = put("web01", "", &request("half.example"));
    let answer = front.shell.half(&bytes);
    assert!(
        answer.starts_with(b"HTTP/1.1 200 "),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    // Half of a head, then the end: a clean close.
    let answer = front.shell.half(b"PUT /api/csr/web01 HT");
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"));
    front.works();
}

#[test]
fn nothing_at_all_is_closed_in_time() {
    let front = Front::new();
    let begun = Instant::now();
    let mut stream = front.shell.connect();
    let mut answer = Vec::new();
    let _cut = stream.read_to_end(&mut answer);
    assert!(begun.elapsed() < SOON);
    front.works();
}
