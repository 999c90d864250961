//! The rendering of refusals: whatever a hook says, the answer is one well-formed problem document.

use std::time::Duration;

use sapi::{CertRequest, Rejection};
use serde_json::Value;

/// The first octet chooses the refusal, the rest is its text.
pub fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest).into_owned();
    let number = rest
        .iter()
        .take(8)
        .fold(0u64, |sum, o| sum << 8 | u64::from(*o));
    let rejection = match kind % 7 {
        0 => Rejection::denied(text.clone()),
        1 => Rejection::unauthenticated(text.clone()),
        2 => Rejection::pending(Duration::from_nanos(number)),
        3 => Rejection::too_many(Duration::from_secs(number)),
        4 => Rejection::failed(text.clone()),
        5 => Rejection::TimedOut { hook: text.clone() },
        _ => match CertRequest::from_pem(rest) {
            Ok(_) => return,
            Err(error) => Rejection::Unacceptable(error),
        },
    };
    let (status, headers, body) = sapi::internals::refusal("0123-abcd", &rejection);
    let json: Value = serde_json::from_slice(&body).expect("JSON");
    for (name, value) in &headers {
        let clean = value
            .iter()
            .all(|octet| *octet >= 0x20 && *octet != 0x7f || *octet == b'\t');
        assert!(clean, "{name}: {value:?}");
    }
    let header = |name: &str| {
        let mut found = headers.iter().filter(|(header, _)| header == name);
        let value = found.next().map(|(_, value)| value.as_slice());
        assert!(found.next().is_none(), "{name} stands twice");
        value
    };
    assert_eq!(header("x-request-id"), Some(&b"0123-abcd"[..]));
    assert_eq!(header("cache-control"), Some(&b"no-store"[..]));
    if status == 202 {
        assert_eq!(json["status"], "pending");
        assert!(json["retry_after"].as_u64().unwrap() >= 1);
        return;
    }
    assert_eq!(
        header("content-type"),
        Some(&b"application/problem+json"[..])
    );
    assert!((400..600).contains(&status) && json["status"] == status);
    assert_eq!(json["instance"], "urn:uuid:0123-abcd");
    let slug = json["type"]
        .as_str()
        .unwrap()
        .strip_prefix("urn:sapi:problem:");
    let detail = json["detail"].as_str().unwrap();
    match rejection {
        Rejection::Denied { .. } => assert_eq!((status, detail), (403, text.as_str())),
        Rejection::Unauthenticated { .. } if status == 401 => {
            assert_eq!(header("www-authenticate"), Some(text.as_bytes()));
        }
        Rejection::Unauthenticated { .. } => assert_eq!(status, 500),
        Rejection::Failed { .. } | Rejection::TimedOut { .. } => {
            assert!(
                status >= 500 && (text.len() < 8 || !detail.contains(&text)),
                "told too much"
            );
        }
        Rejection::Unacceptable(error) => assert_eq!(slug, Some(error.slug())),
        _ => assert_eq!(status, 429),
    }
}

/// One for each kind.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 7] = [
        b"only \"web\" servers\nget one \xc3\xa9\0",
        b"Basic realm=\"ca\"",
        &[0, 0, 0, 0, 59, 154, 202, 0],
        &[0, 0, 0, 0, 0, 0, 0, 60],
        b"/var/lib/ca: no such file",
        b"members.authorize",
        b"-----BEGIN CERTIFICATE REQUEST-----\nMAMC\n-----END CERTIFICATE REQUEST-----\n",
    ];
    (0u8..)
        .zip(texts)
        .map(|(kind, text)| [&[kind], text].concat())
        .collect()
}
