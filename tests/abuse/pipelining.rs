//! Many requests on one connection: each answer belongs to its request, and to no other.

use std::collections::HashSet;

use openssl::x509::X509;
use serde_json::Value;

use super::{Front, WAYS, Way, put, request};

/// Answers one after another, by their lengths.
fn answers(mut bytes: &[u8]) -> Vec<(u16, String, Value)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a head")
            + 4;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.to_owned())
        };
        let length: usize = header("content-length").expect("a length").parse().unwrap();
        let status = head[9..12].parse().unwrap();
        let id = header("x-request-id").unwrap_or_default();
        let body = serde_json::from_slice(&bytes[end..end + length]).expect("JSON");
        found.push((status, id, body));
        bytes = &bytes[end + length..];
    }
    found
}

#[test]
fn pipelined_answers_come_in_order_and_are_not_mixed_up() {
    let front = Front::new();
    for way in WAYS {
        let mut bytes = Vec::new();
        let mut wanted = Vec::new();
        for number in 0..40 {
            let name = format!("host-{number}.example");
            // Some are refused, some wait in the hook, so that later ones are ready earlier.
            let (client, status) = match number % 5 {
                1 => ("deny".to_owned(), 403),
                2 => (format!("wait{}", 40 - number), 200),
                _ => (format!("web{number}"), 200),
            };
            let close = if number == 39 {
                "Connection: close\r\n"
            } else {
                ""
            };
            let headers = format!("X-Request-ID: pipe-{number}\r\n{close}");
            bytes.extend(put(&client, &headers, &request(&name)));
            wanted.push((status, name));
        }
        let got = answers(&front.send(way, &bytes));
        assert_eq!(got.len(), wanted.len(), "{way:?}");
        let mut ids = HashSet::new();
        for ((status, id, body), (wanted, name)) in got.iter().zip(&wanted) {
            assert_eq!(status, wanted, "{way:?} {name}");
            assert!(ids.insert(id.clone()), "{way:?}: the id {id} came twice");
            let in_body = match status {
                200 => body["request_id"].as_str(),
                _ => body["instance"]
                    .as_str()
                    .and_then(|text| text.strip_prefix("urn:uuid:")),
            };
            assert_eq!(in_body, Some(id.as_str()), "{way:?}");
            if *status == 200 {
                let pem = body["signed_x509_pem"].as_str().unwrap();
                let names = X509::from_pem(pem.as_bytes())
                    .unwrap()
                    .subject_alt_names()
                    .unwrap();
                let names: Vec<_> = names.iter().filter_map(|one| one.dnsname()).collect();
                assert_eq!(names, [name], "{way:?}: another's certificate");
            }
        }
    }
    front.works();
}

/// Bytes inside a body that look like a second request belong to the body.
#[test]
fn a_request_in_a_body_is_not_a_request() {
    let front = Front::new();
    let inner = String::from_utf8(put("web02", "", &request("inner.example"))).unwrap();
    for way in WAYS {
        let got = answers(&front.send(way, &put("web01", "Connection: close\r\n", &inner)));
        // The reader finds the PEM in it, as text may surround a PEM block: one answer, one certificate.
        assert_eq!(got.len(), 1, "{way:?}");
    }
}

/// The unread rest of a body is never taken for the next request.
#[test]
fn the_rest_of_a_refused_body_is_never_a_request() {
    let front = Front::new();
    let smuggled = String::from_utf8(put("web02", "", &request("smuggled.example"))).unwrap();
    for (headers, status) in [
        ("Content-Encoding: gzip\r\n", 415),
        ("Content-Type: text/html\r\n", 415),
    ] {
        let mut bytes = put("web01", headers, &smuggled);
        bytes.extend(put(
            "web03",
            "Connection: close\r\n",
            &request("next.example"),
        ));
        for way in WAYS {
            let answer = front.send(way, &bytes);
            let text = String::from_utf8_lossy(&answer);
            let got = answers(&answer);
            assert_eq!(got[0].0, status, "{way:?}: {text}");
            // The connection ends, or the real next request is answered.
            assert!(got.len() <= 2, "{way:?}: {text}");
            if let Some((status, _, body)) = got.get(1) {
                assert_eq!(*status, 200);
                let pem = body["signed_x509_pem"].as_str().unwrap();
                let names = X509::from_pem(pem.as_bytes())
                    .unwrap()
                    .subject_alt_names()
                    .unwrap();
                assert_eq!(names[0].dnsname(), Some("next.example"), "{way:?}");
            }
        }
    }
    {
        let way = Way::Socket;
        // 413 by length: the body is the attack.
        let large = format!("{}{smuggled}", "a".repeat(70_000));
        let got = answers(&front.send(way, &put("web01", "", &large)));
        assert_eq!(
            got.iter().map(|(status, ..)| *status).collect::<Vec<_>>(),
            [413]
        );
    }
    front.works();
}
