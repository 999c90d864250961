//! The reader of requests, with OpenSSL as oracle: what both accept, they must read alike.

use std::sync::LazyLock;

use openssl::pkey::{Id, PKey, Private};
use openssl::sign::Signer;
use openssl::x509::{X509, X509Req};
use sapi::{AltName, CertRequest};

/// An input that begins with 1 is the CertificationRequestInfo of a request, which is then signed; one
/// that begins with 2 is a length, a subject and attributes, for which the rest is made; any other
/// is a body as a client sends it. Without the first two hardly an input would get past the signature.
pub fn run(data: &[u8]) {
    if let Ok(request) = CertRequest::from_pem(&body(data)) {
        agree(&request);
    }
}

/// Whether both we and OpenSSL read an input, so that there is something to compare.
#[must_use]
pub fn reads(data: &[u8]) -> bool {
    let request = CertRequest::from_pem(&body(data));
    request.is_ok_and(|request| X509Req::from_der(request.der()).is_ok())
}

/// The body that an input stands for.
#[must_use]
pub fn body(data: &[u8]) -> Vec<u8> {
    match data.split_first() {
        Some((1, info)) => signed(info),
        Some((2, [length, rest @ ..])) => {
            let (subject, attributes) = rest.split_at(rest.len().min(usize::from(*length)));
            let fields = [&[2, 1, 0], subject, &SPKI, &element(0xa0, attributes)];
            signed(&element(0x30, &fields.concat()))
        }
        _ => data.to_vec(),
    }
}

/// Compares field by field.
///
/// # Panics
///
/// When OpenSSL reads anything differently.
pub fn agree(request: &CertRequest) {
    // OpenSSL 3.5 takes version 0 alone; it reads into attributes of unknown kinds, which nobody here
    // looks at. What we accept and must not, the strict reader of the corpus finds.
    let Ok(openssl) = X509Req::from_der(request.der()) else {
        return;
    };
    assert_eq!(openssl.to_der().unwrap(), request.der(), "re-encoded");
    let key = openssl.public_key().expect("OpenSSL reads the key");
    assert!(key.public_eq(request.public_key()), "the key is another");
    assert!(
        openssl.verify(&key).unwrap(),
        "OpenSSL: the signature does not hold"
    );
    let subject = openssl.subject_name();
    assert_eq!(
        subject.to_der().unwrap(),
        request.subject().as_der(),
        "subject"
    );
    let values: Vec<_> = subject
        .entries()
        .map(|entry| entry.data().to_string().unwrap())
        .collect();
    let ours: Vec<_> = request.subject().fields().map(|(_, value)| value).collect();
    assert_eq!(values, ours, "values of the subject");
    assert_eq!(
        exact(&names(&openssl)),
        exact(request.names()),
        "alternative names"
    );
}

/// OpenSSL reads alternative names out of a certificate only, so it gets one with these extensions.
fn names(request: &X509Req) -> Vec<AltName> {
    let Ok(extensions) = request.extensions() else {
        return Vec::new();
    };
    let mut carrier = X509::builder().unwrap();
    for extension in &extensions {
        carrier.append_extension2(extension).unwrap();
    }
    let mut once: Vec<AltName> = Vec::new();
    for name in carrier.build().subject_alt_names().iter().flatten() {
        let name = alt_name(name);
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

fn alt_name(name: &openssl::x509::GeneralNameRef) -> AltName {
    if let Some(text) = name.dnsname() {
        return AltName::Dns(text.into());
    }
    if let Some(text) = name.email() {
        return AltName::Email(text.into());
    }
    if let Some(text) = name.uri() {
        return AltName::Uri(text.into());
    }
    let octets = name.ipaddress().expect("a name of a kind we refuse");
    match <[u8; 4]>::try_from(octets) {
        Ok(four) => AltName::Ip(four.into()),
        Err(_) => AltName::Ip(<[u8; 16]>::try_from(octets).unwrap().into()),
    }
}

fn exact(names: &[AltName]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// Puts a CertificationRequestInfo into a request signed with [`KEY`].
fn signed(info: &[u8]) -> Vec<u8> {
    let mut signer = Signer::new_without_digest(&KEY).unwrap();
    let signature = signer.sign_oneshot_to_vec(info).unwrap();
    let bits = element(3, &[&[0], &signature[..]].concat());
    element(0x30, &[info, &ED25519, &bits].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let octets = content.len().to_be_bytes();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let octets = &octets[zeros.min(octets.len() - 1)..];
    let length = match content.len() {
        0..128 => octets.to_vec(),
        _ => [&[0x80 | u8::try_from(octets.len()).unwrap()], octets].concat(),
    };
    [&[tag], &length[..], content].concat()
}

/// A key that signs alike each time, so that an input does alike each time. It is the private key of
/// nobody: 32 times 7.
static KEY: LazyLock<PKey<Private>> =
    LazyLock::new(|| PKey::private_key_from_raw_bytes(&[7; 32], Id::ED25519).unwrap());

/// The SubjectPublicKeyInfo of [`KEY`].
static SPKI: LazyLock<Vec<u8>> = LazyLock::new(|| KEY.public_key_to_der().unwrap());

const ED25519: [u8; 7] = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];

/// Seeds for the two kinds of input that are signed here.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    use sapi::testing::{RequestBuilder, TestKey};
    let key = TestKey::from(KEY.clone());
    let plain = RequestBuilder::new().key(key);
    let requests = [
        plain.clone().common_name("a"),
        plain
            .clone()
            .dns("a.example")
            .ip([192, 0, 2, 1])
            .email("a@b.example")
            .uri("urn:a:b"),
        plain
            .clone()
            .field("C", "DE")
            .field("O", "Ü")
            .field("DC", "x")
            .dns("*.a.example")
            .version(2),
        plain
            .clone()
            .challenge_password("secret")
            .dns("a.example")
            .dns("A.example"),
        plain
            .common_name("a")
            .extension("2.5.29.15", true, &[3, 2, 5, 0xa0])
            .extension("2.5.29.19", true, &[0x30, 0]),
    ];
    let mut seeds = Vec::new();
    for request in requests {
        let der = request.build_der();
        let info = inner(&der);
        seeds.push([&[1], info].concat());
        let read = request.build();
        let subject = read.subject().as_der();
        let at = info.len() - content(after_key(info)).len();
        let length = u8::try_from(subject.len()).unwrap();
        seeds.push([&[2, length], subject, &info[at..]].concat());
    }
    seeds
}

/// The first element inside a SEQUENCE, header and all.
fn inner(der: &[u8]) -> &[u8] {
    let inside = content(der);
    &inside[..inside.len() - after(inside).len()]
}

/// What follows the public key.
fn after_key(info: &[u8]) -> &[u8] {
    after(after(after(content(info))))
}

fn content(der: &[u8]) -> &[u8] {
    let (header, length) = lengths(der);
    &der[header..header + length]
}

fn after(der: &[u8]) -> &[u8] {
    let (header, length) = lengths(der);
    &der[header + length..]
}

fn lengths(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short @ 0..128 => (2, usize::from(short)),
        long => {
            let octets = usize::from(long & 0x7f);
            let length = der[2..2 + octets]
                .iter()
                .fold(0, |sum, o| sum << 8 | usize::from(*o));
            (2 + octets, length)
        }
    }
}
