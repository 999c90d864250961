//! The one strict reader of requests: what it accepts, and each thing it refuses.

use sapi::testing::{RequestBuilder, TestKey};
use sapi::{CertRequest, KeyKind, RequestPolicy};

fn sound() -> RequestBuilder {
    RequestBuilder::new().common_name("web01").dns("a.example")
}

fn slug(body: impl AsRef<[u8]>) -> &'static str {
    match CertRequest::from_pem(body.as_ref()) {
        Ok(_) => "accepted",
        Err(refusal) => refusal.slug(),
    }
}

fn built(builder: &RequestBuilder) -> &'static str {
    slug(builder.build_der())
}

#[test]
fn one_request_in_any_dress_is_the_same_request() {
    let (pem, der) = (sound().build_pem(), sound().build_der());
    assert_eq!(slug(&pem), "accepted");
    let read = CertRequest::from_der(&der).unwrap();
    assert_eq!(read.der(), der);
    let renamed = pem
        .replace("BEGIN CERT", "BEGIN NEW CERT")
        .replace("END CERT", "END NEW CERT");
    let crlf = pem.replace('\n', "\r\n");
    let around = format!("Certificate Request:\n    Data: x\n\n{pem}\nthe end\n");
    for body in [renamed, crlf, around] {
        let read = CertRequest::from_pem(body.as_bytes()).unwrap();
        assert_eq!(read.pem(), pem, "text around and line ends are gone");
    }
}

#[test]
fn what_is_no_single_request() {
    let pem = sound().build_pem();
    let block = |label: &str| pem.replace("CERTIFICATE REQUEST", label);
    let encrypted = pem.replacen(
        '\n',
        "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
        1,
    );
    let [first, .., last] = &pem.lines().collect::<Vec<_>>()[..] else {
        panic!("{pem}")
    };
    for (body, expected) in [
        (String::new(), "empty-body"),
        ("hello".into(), "not-a-request"),
        (block("CERTIFICATE"), "not-a-request"),
        (block("PRIVATE KEY"), "not-a-request"),
        (encrypted, "encrypted-pem"),
        (pem.clone() + &pem, "several-requests"),
        (format!("{first}\n{last}\n"), "malformed-request"),
        (pem.replace("\nMI", "\n*I"), "malformed-request"),
    ] {
        assert_eq!(slug(&body), expected, "{body}");
    }
    let der = sound().build_der();
    assert_eq!(slug([&der[..], &[0]].concat()), "trailing-data");
    assert_eq!(slug([&der[..], &der].concat()), "trailing-data");
}

#[test]
fn cut_short_at_any_octet_it_is_malformed() {
    let der = sound().build_der();
    for end in 1..der.len() {
        // The first octet alone does not look like a request yet.
        let expected = if end < 2 {
            "not-a-request"
        } else {
            "malformed-request"
        };
        assert_eq!(slug(&der[..end]), expected, "cut at {end}");
    }
}

#[test]
fn changed_in_any_octet_it_is_refused() {
    let der = sound().build_der();
    for place in 0..der.len() {
        let mut changed = der.clone();
        changed[place] ^= 1;
        assert_ne!(slug(&changed), "accepted", "changed at {place}");
    }
}

#[test]
fn versions_in_use() {
    for (version, expected) in [
        (0, "accepted"),
        (1, "accepted"),
        (2, "accepted"),
        (3, "unsupported-version"),
        (0x7f, "unsupported-version"),
        (0xff, "unsupported-version"),
    ] {
        assert_eq!(built(&sound().version(version)), expected, "{version}");
    }
}

#[test]
fn attributes_and_extensions_stand_once() {
    let request = b"\x30\x0f\x30\x0d\x06\x03\x55\x1d\x25\x04\x06\x30\x04\x06\x02\x2a\x03";
    let microsoft = sound().attribute("1.3.6.1.4.1.311.2.1.14", request);
    assert_eq!(built(&microsoft), "duplicate-attribute");
    let twice = sound().attribute("1.2.840.113549.1.9.14", request);
    assert_eq!(built(&twice), "duplicate-attribute");
    let passwords = sound().challenge_password("a").challenge_password("b");
    assert_eq!(built(&passwords), "duplicate-attribute");
    let names = sound().extension("2.5.29.17", false, b"\x30\x03\x82\x01b");
    assert_eq!(built(&names), "duplicate-extension");
    let unknown = sound()
        .extension("1.2.3", false, &[5, 0])
        .extension("1.2.3", true, &[5, 0]);
    assert_eq!(built(&unknown), "duplicate-extension");
    let alone = RequestBuilder::new().attribute("1.3.6.1.4.1.311.2.1.14", request);
    assert_eq!(built(&alone), "accepted");
}

#[test]
fn names_of_four_kinds_and_no_other() {
    let san = |names: &[u8]| {
        let value = [&[0x30, u8::try_from(names.len()).unwrap()], names].concat();
        RequestBuilder::new()
            .common_name("a")
            .extension("2.5.29.17", false, &value)
    };
    for (name, told) in [
        (
            &b"\xa0\x08\x06\x02\x2a\x03\xa0\x02\x05\x00"[..],
            "otherName",
        ),
        (b"\xa3\x00", "x400Address"),
        (b"\xa4\x02\x30\x00", "directoryName"),
        (b"\xa5\x00", "ediPartyName"),
        (b"\x88\x02\x2a\x03", "registeredID"),
        (b"\x82\x04a\0.b", "a\\0.b"),
        (b"\x82\x03\xc3\xa9b", "not ASCII"),
        (b"\x82\x00", "empty"),
        (b"\x87\x05\x7f\x00\x00\x01\x00", "neither 4 nor 16"),
        (b"\x82\x08127.0.0.", "empty label"),
        (b"\x82\x03a,b", "a,b"),
        (b"\x82\x03a\nb", "a\\nb"),
        (b"\x81\x01a", "no @"),
        (b"\x86\x01a", "no scheme"),
        (b"", "list of names is empty"),
    ] {
        let refusal = san(name).try_build().unwrap_err();
        assert_eq!(refusal.slug(), "unacceptable-name", "{told}: {refusal}");
        assert!(refusal.to_string().contains(told), "{refusal}");
    }
    assert_eq!(built(&san(b"\xa2\x03\x82\x01a")), "malformed-request");
    assert_eq!(built(&san(b"\x89\x01a")), "malformed-request");
    assert_eq!(built(&san(b"\x0c\x01a")), "malformed-request");
    let good = san(b"\x82\x01a\x82\x01A\x87\x04\x7f\x00\x00\x01").build();
    let texts: Vec<_> = good.names().iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["DNS:a", "IP:127.0.0.1"], "each once");
}

#[test]
fn as_many_names_as_the_policy_allows() {
    let mut builder = RequestBuilder::new();
    for number in 0..100 {
        builder = builder.dns(&format!("host{number}.example"));
    }
    assert_eq!(built(&builder), "accepted");
    assert_eq!(built(&builder.dns("one.more.example")), "unacceptable-name");
    let policy = RequestPolicy::default().with_max_names(1);
    assert!(CertRequest::read(&sound().build_der(), &policy).is_ok());
    let refusal = CertRequest::read(&sound().dns("b.example").build_der(), &policy);
    assert_eq!(refusal.unwrap_err().slug(), "unacceptable-name");
}

#[test]
fn nobody_becomes_a_ca() {
    assert_eq!(built(&sound().ca()), "ca-requested");
    let path_length = [0x30, 6, 1, 1, 0xff, 2, 1, 0];
    assert_eq!(
        built(&sound().extension("2.5.29.19", true, &path_length)),
        "ca-requested"
    );
    let usage = |bits: &[u8]| sound().extension("2.5.29.15", true, bits);
    assert_eq!(built(&usage(&[3, 2, 2, 0x04])), "ca-requested");
    assert_eq!(built(&usage(&[3, 2, 1, 0x02])), "ca-requested");
    assert_eq!(built(&usage(&[3, 2, 5, 0xa0])), "accepted");
    for no_ca in [&[0x30, 0][..], &[0x30, 3, 1, 1, 0]] {
        assert_eq!(
            built(&sound().extension("2.5.29.19", true, no_ca)),
            "accepted"
        );
    }
}

#[test]
fn subjects_keep_to_their_form() {
    let subject = |attribute: &[u8]| {
        let length = |inner: &[u8]| u8::try_from(inner.len()).unwrap();
        let pair = [&[0x30, length(attribute)], attribute].concat();
        let set = [&[0x31, length(&pair)], &pair[..]].concat();
        sound().subject_der(&[&[0x30, length(&set)], &set[..]].concat())
    };
    for (attribute, expected) in [
        (&b"\x06\x03\x55\x04\x03\x0c\x01a"[..], "accepted"),
        (b"\x06\x03\x55\x04\x03\x0c\x00", "unacceptable-subject"),
        (b"\x06\x03\x55\x04\x03\x0c\x02a\0", "unacceptable-subject"),
        (b"\x06\x03\x55\x04\x03\x0c\x01\xff", "unacceptable-subject"),
        (b"\x06\x03\x55\x04\x03\x14\x01a", "unacceptable-subject"),
        (b"\x06\x03\x55\x04\x06\x13\x03USA", "unacceptable-subject"),
        (b"\x06\x03\x55\x04\x03\x0c\x02a", "malformed-request"),
    ] {
        assert_eq!(built(&subject(attribute)), expected, "{attribute:?}");
    }
    assert_eq!(built(&sound().subject_der(&[0x31, 0])), "malformed-request");
    assert_eq!(
        built(&sound().subject_der(&[0x30, 2, 0x31, 0])),
        "unacceptable-subject"
    );
}

#[test]
fn signed_by_its_own_key_with_a_good_digest() {
    for key in [
        TestKey::p256(),
        TestKey::p384(),
        TestKey::p521(),
        TestKey::ed25519(),
    ] {
        assert_eq!(built(&sound().key(key.clone())), "accepted");
        let stolen = sound().key(key).signed_by(TestKey::p256());
        assert_eq!(built(&stolen), "bad-signature");
    }
    let rsa = TestKey::rsa(2048);
    assert_eq!(
        sound().key(rsa.clone()).build().key_kind(),
        KeyKind::Rsa { bits: 2048 }
    );
    assert_eq!(built(&sound().key(rsa.clone()).sha1()), "weak-signature");
    assert_eq!(built(&sound().sha1()), "weak-signature");
    assert_eq!(
        built(&sound().key(rsa).signed_by(TestKey::rsa(2048))),
        "bad-signature"
    );
    // A signature of another kind than its algorithm says, and one that no key made.
    let swapped = sound()
        .key(TestKey::ed25519())
        .signed_by(TestKey::rsa(2048));
    assert_eq!(built(&swapped), "bad-signature");
    let mut der = sound().build_der();
    *der.last_mut().unwrap() ^= 1;
    assert_eq!(slug(der), "bad-signature");
}
