//! The corpus, over HTTP: every file is answered exactly as its manifest says, and no answer tells more
//! than it should.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sapi_tests::curl::Reply;
use sapi_tests::shell::Place;
use sapi_tests::stream::Stream;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    file: String,
    expected: String,
    status: u16,
    slug: Option<String>,
    why: String,
}

#[test]
fn every_request_is_answered_as_the_manifest_says() {
    let cases = manifest();
    assert!(cases.len() >= 500, "{} cases", cases.len());
    let place = Place::new("log.filter = \"warn,sapi=info\"");
    let shell = place.start();
    let mut faults = Vec::new();
    let mut refused = 0;
    let mut stream = shell.connect();
    for case in &cases {
        let body = fs::read(folder().join(&case.file)).unwrap();
        let reply = put(&mut *stream, &body);
        // Connect again after an answer that ends the connection, and after a body that was never read.
        if reply.header("connection") == Some("close") || reply.status == 413 {
            stream = shell.connect();
        }
        faults.extend(fault(case, &reply));
        if reply.status != 200 {
            refused += 1;
            let place = place.path().display().to_string();
            faults
                .extend(indiscretion(&reply, &place).map(|what| format!("{}: {what}", case.file)));
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(refused > 300, "only {refused} refusals");
    // The last lines may still be on their way through the pipe.
    let begun = Instant::now();
    while shell.audit().len() < cases.len() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(shell.audit().len(), cases.len(), "one audit line for each");
}

#[test]
fn an_indiscretion_would_be_seen() {
    let answer = |detail: &str| Reply {
        status: 500,
        headers: Vec::new(),
        body: format!("{{\"detail\":\"{detail}\"}}").into_bytes(),
    };
    for told in [
        "error:0680007B:asn1 encoding routines",
        "OpenSSL said no",
        "panicked at sapi/src/pipeline.rs:7",
        "/tmp/here/ca.private_key.pem",
        "Obedient.authorize",
    ] {
        assert!(indiscretion(&answer(told), "/tmp/here").is_some(), "{told}");
    }
    assert_eq!(
        indiscretion(&answer("name \\\"DNS:a b\\\""), "/tmp/here"),
        None
    );
}

fn fault(case: &Case, reply: &Reply) -> Option<String> {
    let text = String::from_utf8_lossy(&reply.body);
    let slug = match reply.status {
        200 => None,
        _ => Some(reply.json()["type"].as_str()?.to_owned()),
    };
    let slug = slug
        .as_deref()
        .map(|kind| kind.trim_start_matches("urn:sapi:problem:"));
    let accepted = case.expected == "accept";
    if (reply.status, slug) == (case.status, case.slug.as_deref())
        && accepted == (reply.status == 200)
    {
        return None;
    }
    Some(format!(
        "{}: {} expected ({}), got {text}",
        case.file, case.status, case.why
    ))
}

/// A word that no client should read in an answer: from OpenSSL, source files, paths or hooks.
fn indiscretion(reply: &Reply, folder: &str) -> Option<String> {
    let mut text = String::from_utf8_lossy(&reply.body).to_lowercase();
    for (name, value) in &reply.headers {
        text.push_str(&format!("\n{name}: {value}").to_lowercase());
    }
    let found = WORDS.iter().find(|word| text.contains(**word));
    let found = found
        .copied()
        .or_else(|| text.contains(folder).then_some("its folder"));
    found.map(|word| format!("tells {word:?}: {text}"))
}

const WORDS: [&str; 18] = [
    "openssl",
    "libcrypto",
    "routines",
    "error:0",
    "asn1_",
    "evp_",
    "x509_",
    ".rs",
    "panicked",
    "unwrap",
    "backtrace",
    "/src/",
    "/var/",
    "/usr/",
    "/etc/",
    "obedient",
    "authorize",
    "presign",
];

/// One request on an open connection, and its answer.
fn put(stream: &mut dyn Stream, body: &[u8]) -> Reply {
    let head = format!(
        "PUT /api/csr/corpus HTTP/1.1\r\nHost: ca\r\nContent-Type: application/pkcs10\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    // The server may answer and close before it has read a body that is too large.
    let _cut = stream.write_all(&[head.as_bytes(), body].concat());
    read_answer(stream)
}

fn read_answer(stream: &mut dyn Read) -> Reply {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let reply = Reply::parse(&bytes);
            let length = reply
                .header("content-length")
                .map_or(0, |n| n.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                return reply;
            }
        }
        match stream.read(&mut piece) {
            Ok(length @ 1..) => bytes.extend_from_slice(&piece[..length]),
            end => panic!(
                "cut off: {end:?} after {:?}",
                String::from_utf8_lossy(&bytes)
            ),
        }
    }
}

fn manifest() -> Vec<Case> {
    let text = fs::read_to_string(folder().join("manifest.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}
