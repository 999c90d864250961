//! Chunks, cut bodies, heads that are not HTTP: over bare sockets.

use sapi_tests::curl::Reply;

use super::{Scene, assert_problem, good_request};

fn chunked(chunks: &str) -> Vec<u8> {
    format!("PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}")
        .into_bytes()
}

#[test]
fn chunks_make_a_body() {
    let scene = Scene::new();
    let request = good_request();
    let (one, two) = request.split_at(100);
    let body = format!("64\r\n{one}\r\n{:x};ext=1\r\n{two}\r\n0\r\n\r\n", two.len());
    let close = String::from_utf8(chunked(&body)).unwrap().replacen(
        "Host: ca",
        "Host: ca\r\nConnection: close",
        1,
    );
    assert_eq!(Reply::parse(&scene.shell.raw(close.as_bytes())).status, 200);
}

#[test]
fn broken_chunks_are_400_and_end_the_connection() {
    let scene = Scene::new();
    for broken in [
        "zz\r\nhello\r\n0\r\n\r\n",
        "5\r\nhelloX\r\n0\r\n\r\n",
        "5\nhello\n0\n\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
    ] {
        let answer = scene.shell.raw(&chunked(broken));
        let text = String::from_utf8_lossy(&answer);
        let answers = text.matches("HTTP/1.1 ").count();
        assert_eq!(answers, 1, "{broken:?}: {text}");
        assert_problem(&Reply::parse(&answer), 400, "bad-framing");
    }
    scene.works();
}

#[test]
fn a_body_cut_short_signs_nothing() {
    let journal = "hooks.test.journal = \"JOURNAL\"";
    let place = super::prepared("");
    place.settings(&journal.replace("JOURNAL", &place.file("journal").display().to_string()));
    let scene = Scene::on(place);
    let request = good_request();
    for (head, body) in [
        (
            format!("Content-Length: {}", request.len() + 1),
            request.clone(),
        ),
        (
            "Transfer-Encoding: chunked".into(),
            format!("{:x}\r\n{request}\r\n", request.len()),
        ),
    ] {
        let bytes = format!("PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\n{head}\r\n\r\n{body}");
        let answer = scene.shell.half(bytes.as_bytes());
        // The client may be gone, so the server need not answer. If it does, it says 400.
        if !answer.is_empty() {
            assert_problem(&Reply::parse(&answer), 400, "bad-framing");
        }
    }
    scene.works();
    let journal = std::fs::read_to_string(scene.place.file("journal")).unwrap();
    assert_eq!(
        journal.lines().count(),
        2,
        "one request, asked and recorded: {journal}"
    );
}

#[test]
fn a_length_and_chunks_together_are_refused() {
    let scene = Scene::new();
    let request = good_request();
    let both = format!(
        "PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n{request}",
        request.len()
    );
    for bytes in [
        both.clone(),
        both.replace("Content-Length", "Content-Length: 5\r\nContent-Length"),
        both.replace("Transfer-Encoding: chunked\r\n", "Content-Length: 7\r\n"),
        both.replace("Transfer-Encoding: chunked", "Transfer-Encoding: gzip"),
    ] {
        let answer = scene.shell.raw(bytes.as_bytes());
        assert_eq!(Reply::parse(&answer).status, 400, "{bytes}");
    }
    scene.works();
}

/// actix-http itself answers a head that it cannot read, with an empty 400; we cannot say more. Behind
/// nginx such a head never arrives, as nginx answers it with a problem of its own.
#[test]
fn heads_that_are_no_http_are_400_and_end_the_connection() {
    let scene = Scene::new();
    for head in [
        "hello\r\n\r\n",
        "PUT /api/csr/web01 HTTP/9.9\r\n\r\n",
        "PUT /api/csr/web01\r\n\r\n",
        "PUT /api/csr/web01 HTTP/1.1\r\nHost ca\r\n\r\n",
        "PUT /api/csr/web01 HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "PUT /api/csr/web01 HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "PUT /api/csr/web01 HTTP/1.1\r\nHost: ca\0\r\n\r\n",
        "\u{16}\u{3}\u{1}\0\u{5}hello\r\n\r\n",
    ] {
        let answer = scene.shell.raw(head.as_bytes());
        assert_eq!(Reply::parse(&answer).status, 400, "{head:?}");
    }
    scene.works();
}

#[test]
fn a_head_without_end_is_refused() {
    let scene = Scene::new();
    let mut bytes = b"PUT /api/csr/web01 HTTP/1.1\r\n".to_vec();
    for at in 0..20_000 {
        bytes.extend(format!("X-{at}: {}\r\n", "x".repeat(40)).bytes());
    }
    let answer = scene.shell.raw(&bytes);
    let status = Reply::parse(&answer).status;
    assert!([400, 413, 431].contains(&status), "{status}");
    scene.works();
}
