//! What must hold of every certificate, read by two libraries that did not write it.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use openssl::asn1::Asn1Time;
use openssl::hash::{MessageDigest, hash};
use openssl::x509::X509;
use sapi::testing::Authority;
use sapi::{AltName, CertRequest, DraftCertificate, IssuedCertificate, KeyUsage};
use x509_parser::asn1_rs::FromDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::x509::X509Version;

/// What a certificate was made from.
#[derive(Debug)]
pub struct Origin<'a> {
    /// The certificate.
    pub certificate: &'a IssuedCertificate,
    /// The request.
    pub request: &'a CertRequest,
    /// The draft as the last hook left it.
    pub draft: &'a DraftCertificate,
    /// The CA.
    pub ca: &'a Authority,
    /// How long the grant was for.
    pub granted: Duration,
    /// How far before now certificates may begin.
    pub backdate: Duration,
    /// When the request came.
    pub now: SystemTime,
}

/// Checks them all.
///
/// # Panics
///
/// At the first that does not hold.
pub fn check(origin: &Origin<'_>) {
    let (rest, parsed) =
        X509Certificate::from_der(origin.certificate.der()).expect("x509-parser reads it");
    assert!(rest.is_empty(), "bytes follow the certificate");
    assert_eq!(parsed.version(), X509Version::V3);
    check_serial(origin, &parsed);
    check_parties(origin, &parsed);
    check_dates(origin, &parsed);
    check_extensions(origin, &parsed);
    check_with_openssl(origin);
}

fn check_serial(origin: &Origin<'_>, parsed: &X509Certificate<'_>) {
    let serial = parsed.raw_serial();
    assert!((1..=20).contains(&serial.len()), "serial {serial:?}");
    assert!(serial[0] < 0x80 && serial.iter().any(|octet| *octet > 0));
    assert!(
        serial.len() == 1 || serial[0] > 0 || serial[1] >= 0x80,
        "not minimal"
    );
    let digits = serial.strip_prefix(&[0]).unwrap_or(serial);
    assert_eq!(digits, origin.draft.serial().as_be_bytes());
    assert_eq!(digits, origin.certificate.serial().as_be_bytes());
}

fn check_parties(origin: &Origin<'_>, parsed: &X509Certificate<'_>) {
    let ca = origin.ca.certificate();
    assert_eq!(
        parsed.issuer().as_raw(),
        ca.subject_name().to_der().unwrap()
    );
    assert_eq!(parsed.subject().as_raw(), origin.draft.subject().as_der());
    assert_eq!(parsed.public_key().raw, origin.request.public_key_der());
    assert_eq!(
        parsed.signature_algorithm, parsed.tbs_certificate.signature,
        "the algorithm inside is another than outside"
    );
}

fn check_dates(origin: &Origin<'_>, parsed: &X509Certificate<'_>) {
    let begin = at(parsed.validity().not_before.timestamp());
    let end = at(parsed.validity().not_after.timestamp());
    assert_eq!(
        (begin, end),
        (origin.draft.not_before(), origin.draft.not_after())
    );
    assert!(begin < end);
    assert!(begin <= origin.now, "begins in the future");
    let second = Duration::from_secs(1);
    assert!(
        begin + origin.backdate + second > origin.now,
        "begins too early"
    );
    if let Some(latest) = origin.now.checked_add(origin.granted) {
        assert!(end <= latest, "holds longer than granted");
    }
    let ca = origin.ca.certificate().to_der().unwrap();
    let (_, ca) = X509Certificate::from_der(&ca).unwrap();
    let ca = ca.validity();
    let within = at(ca.not_before.timestamp()) <= begin && end <= at(ca.not_after.timestamp());
    assert!(within, "not inside the CA's dates");
}

fn check_extensions(origin: &Origin<'_>, parsed: &X509Certificate<'_>) {
    let draft = origin.draft;
    let mut seen = HashSet::new();
    let (mut names, mut key_ids, mut constrained) = (Vec::new(), 0, false);
    let mut others = Vec::new();
    for extension in parsed.extensions() {
        let kind = extension.oid.to_id_string();
        assert!(seen.insert(kind.clone()), "{kind} stands twice");
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => {
                assert!(extension.critical && !constraints.ca);
                assert_eq!(constraints.path_len_constraint, None);
                constrained = true;
            }
            ParsedExtension::KeyUsage(usage) => {
                assert!(!usage.key_cert_sign() && !usage.crl_sign(), "a CA's usage");
                assert_eq!(usage.flags, flags(draft), "key usage");
            }
            ParsedExtension::SubjectAlternativeName(list) => {
                assert_eq!(extension.critical, draft.subject().is_empty());
                names = list.general_names.iter().map(alt_name).collect();
            }
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                let id_of_ca = key_id(origin.ca.certificate());
                assert_eq!(id.key_identifier.as_ref().unwrap().0, id_of_ca);
                assert!(id.authority_cert_issuer.is_none());
                key_ids += 1;
            }
            ParsedExtension::SubjectKeyIdentifier(id) => {
                let bits = &parsed.public_key().subject_public_key.data;
                assert_eq!(id.0, &*hash(MessageDigest::sha1(), bits).unwrap());
                key_ids += 1;
            }
            _ if MODELLED_ELSEWHERE.contains(&kind.as_str()) => {}
            _ => others.push((kind, extension.critical, extension.value.to_vec())),
        }
    }
    assert!(constrained && key_ids == 2, "{seen:?}");
    assert_eq!(names, exact(draft.names()), "names");
    assert_eq!(seen.contains("2.5.29.17"), !names.is_empty());
    let purposes: Vec<_> = draft.extended_usage().iter().collect();
    assert_eq!(seen.contains("2.5.29.37"), !purposes.is_empty());
    let added = draft.extensions().iter();
    let added: Vec<_> = added
        .map(|e| (e.kind(), e.is_critical(), e.value().to_vec()))
        .collect();
    assert_eq!(others, added, "extensions that are not the draft's");
    for of_a_ca in ["2.5.29.30", "2.5.29.33", "2.5.29.36", "2.5.29.54"] {
        assert!(!seen.contains(of_a_ca));
    }
}

fn check_with_openssl(origin: &Origin<'_>) {
    let certificate = X509::from_der(origin.certificate.der()).unwrap();
    assert_eq!(certificate.to_der().unwrap(), origin.certificate.der());
    let ca = origin.ca.certificate().public_key().unwrap();
    assert!(
        certificate.verify(&ca).unwrap(),
        "the signature does not hold"
    );
    let key = certificate.public_key().unwrap();
    assert!(key.public_eq(origin.request.public_key()), "another key");
    let serial = certificate.serial_number().to_bn().unwrap();
    assert_eq!(serial.to_vec(), origin.draft.serial().as_be_bytes());
    let names = certificate.subject_alt_names();
    let names: Vec<_> = names.iter().flatten().map(openssl_name).collect();
    assert_eq!(
        names,
        exact(origin.draft.names()),
        "names, as OpenSSL reads them"
    );
    let end = origin.draft.not_after();
    let end = end
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let end = Asn1Time::from_unix(end.try_into().unwrap()).unwrap();
    assert!(
        certificate.not_after() == end,
        "the end, as OpenSSL reads it"
    );
}

/// Kind and value, so that names differ that only differ in case.
fn exact(names: &[AltName]) -> Vec<(&'static str, String)> {
    let exact = |name: &AltName| match name {
        AltName::Dns(text) => ("DNS", text.clone()),
        AltName::Email(text) => ("email", text.clone()),
        AltName::Uri(text) => ("URI", text.clone()),
        AltName::Ip(address) => ("IP", address.to_string()),
        other => panic!("a new kind of name: {other}"),
    };
    names.iter().map(exact).collect()
}

fn alt_name(name: &GeneralName<'_>) -> (&'static str, String) {
    match name {
        GeneralName::DNSName(text) => ("DNS", (*text).to_owned()),
        GeneralName::RFC822Name(text) => ("email", (*text).to_owned()),
        GeneralName::URI(text) => ("URI", (*text).to_owned()),
        GeneralName::IPAddress(octets) => ("IP", address(octets)),
        other => panic!("a name of another kind: {other:?}"),
    }
}

fn openssl_name(name: &openssl::x509::GeneralNameRef) -> (&'static str, String) {
    if let Some(text) = name.dnsname() {
        return ("DNS", text.to_owned());
    }
    if let Some(text) = name.email() {
        return ("email", text.to_owned());
    }
    if let Some(text) = name.uri() {
        return ("URI", text.to_owned());
    }
    (
        "IP",
        address(name.ipaddress().expect("a name of another kind")),
    )
}

fn address(octets: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(octets) {
        return std::net::IpAddr::from(four).to_string();
    }
    std::net::IpAddr::from(<[u8; 16]>::try_from(octets).unwrap()).to_string()
}

/// That of the certificate, or else the one it would have.
fn key_id(ca: &X509) -> Vec<u8> {
    if let Some(id) = ca.subject_key_id() {
        return id.as_slice().to_vec();
    }
    let der = ca.to_der().unwrap();
    let (_, parsed) = X509Certificate::from_der(&der).unwrap();
    let bits = &parsed.public_key().subject_public_key.data;
    hash(MessageDigest::sha1(), bits).unwrap().to_vec()
}

fn flags(draft: &DraftCertificate) -> u16 {
    let bit = |usage| match usage {
        KeyUsage::DigitalSignature => 0,
        KeyUsage::NonRepudiation => 1,
        KeyUsage::KeyEncipherment => 2,
        KeyUsage::DataEncipherment => 3,
        KeyUsage::KeyAgreement => 4,
        KeyUsage::EncipherOnly => 7,
        KeyUsage::DecipherOnly => 8,
        other => panic!("a new usage: {other}"),
    };
    let usages = draft.key_usage().iter();
    usages.fold(0, |flags, usage| flags | (1 << bit(usage)))
}

fn at(seconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.try_into().unwrap())
}

/// Purposes, policies, CRL and access addresses: the draft has fields for them.
const MODELLED_ELSEWHERE: [&str; 4] = ["2.5.29.37", "2.5.29.32", "2.5.29.31", "1.3.6.1.5.5.7.1.1"];
