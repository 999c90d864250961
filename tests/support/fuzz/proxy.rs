//! The headers of a proxy, with a second reading of the rules as oracle.

use std::net::IpAddr;
use std::sync::LazyLock;

use openssl::x509::X509;
use sapi::testing::{Authority, TestKey};

/// The first octet says who connects; lines of the rest are headers, `name:value`.
pub fn run(data: &[u8]) {
    let Some((who, rest)) = data.split_first() else {
        return;
    };
    let peers = [
        Some("127.0.0.1"),
        Some("10.1.2.3"),
        Some("192.0.2.1"),
        Some("::1"),
        None,
    ];
    let address: Option<IpAddr> =
        peers[usize::from(*who) % peers.len()].map(|text| text.parse().unwrap());
    let headers: Vec<(&[u8], &[u8])> = rest
        .split(|octet| *octet == b'\n')
        .filter_map(|line| {
            let colon = line.iter().position(|octet| *octet == b':')?;
            Some((&line[..colon], &line[colon + 1..]))
        })
        .collect();
    let (peer, id) = sapi::internals::peer(address, &headers, &TRUSTED, &ANCHORS);

    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    assert!(
        (1..=64).contains(&id.len()) && id.chars().all(allowed),
        "{id:?}"
    );
    let trusted = address.is_some_and(is_trusted);
    if !trusted {
        assert_eq!(peer.address(), address, "a stranger's header was believed");
        assert!(
            peer.certificate().is_none(),
            "a stranger's certificate was believed"
        );
        let given = headers.iter().any(|(_, value)| *value == id.as_bytes());
        assert!(!given, "a stranger's request id was believed");
        return;
    }
    assert_eq!(peer.address(), last_stranger(&headers).or(address));
    if let Some(certificate) = peer.certificate() {
        let der = certificate.as_openssl().to_der().unwrap();
        assert_eq!(
            der,
            CLIENT.to_der().unwrap(),
            "a certificate that nobody issued"
        );
    }
}

/// From the right, the first address that is no proxy's; none once something else stands there.
fn last_stranger(headers: &[(&[u8], &[u8])]) -> Option<IpAddr> {
    let mut line = Vec::new();
    for (name, value) in headers {
        let readable = value
            .iter()
            .all(|octet| (0x20..0x7f).contains(octet) || *octet == b'\t');
        // A value with octets that HTTP allows but that are no ASCII is no list of addresses.
        if name.eq_ignore_ascii_case(b"x-forwarded-for") && readable {
            line.push(std::str::from_utf8(value).unwrap());
        }
    }
    let line = line.join(",");
    line.rsplit(',')
        .map(|hop| {
            hop.trim()
                .parse()
                .ok()
                .map(|hop: IpAddr| hop.to_canonical())
        })
        .find(|hop| !hop.is_some_and(is_trusted))
        .flatten()
}

fn is_trusted(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => four.octets()[0] == 10 || four.octets() == [127, 0, 0, 1],
        IpAddr::V6(_) => false,
    }
}

const TRUSTED: [&str; 2] = ["127.0.0.1/32", "10.0.0.0/8"];

static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);
static ANCHORS: LazyLock<Vec<X509>> = LazyLock::new(|| vec![AUTHORITY.certificate().clone()]);
static CLIENT: LazyLock<X509> =
    LazyLock::new(|| AUTHORITY.client_certificate("web01", &TestKey::p256()));

/// Headers as proxies send them.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let pem = String::from_utf8(CLIENT.to_pem().unwrap()).unwrap();
    let escaped = pem.replace('\n', "%0A").replace('+', "%2B");
    let base64 = openssl::base64::encode_block(&CLIENT.to_der().unwrap());
    [
        "0x-forwarded-for:192.0.2.7\nx-request-id:abc".to_owned(),
        "1x-forwarded-for:6.6.6.6, 192.0.2.7, 10.0.0.1\nforwarded:for=1.1.1.1".to_owned(),
        "0x-forwarded-for:2001:db8::1\nx-forwarded-for: unknown".to_owned(),
        format!("0x-client-verify:SUCCESS\nx-client-cert:{escaped}"),
        format!("1client-cert::{base64}:"),
        format!("2client-cert::{base64}:\nx-request-id:mine"),
    ]
    .iter()
    .map(|text| {
        let mut seed = text.clone().into_bytes();
        seed[0] -= b'0';
        seed
    })
    .collect()
}
