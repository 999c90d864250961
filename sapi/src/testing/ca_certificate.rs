//! Certificates of throw-away CAs and their clients, made with OpenSSL's builder.

use std::time::SystemTime;

use openssl::asn1::{Asn1Integer, Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{HasPublic, PKeyRef};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Extension, X509Name};

use super::TestKey;
use crate::certificate::{SerialNumber, SignatureAlgorithm};
use crate::encoding::time::unix;
use crate::request::DistinguishedName;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum KeyId {
    Present,
    Absent,
}

pub(super) fn certify_ca(
    key: &TestKey,
    subject: &DistinguishedName,
    dates: (SystemTime, SystemTime),
    key_id: KeyId,
    constraints: Option<&[u8]>,
    above: Option<(&X509, &TestKey)>,
) -> X509 {
    let make = || -> Result<X509, ErrorStack> {
        let mut builder = begin(key, subject, dates)?;
        let own = X509Name::from_der(subject.as_der())?;
        builder.set_issuer_name(above.map_or(&own, |(ca, _)| ca.subject_name()))?;
        builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
        let mut usage = KeyUsage::new();
        usage.critical().key_cert_sign().crl_sign();
        builder.append_extension(usage.build()?)?;
        if let Some(value) = constraints {
            let kind = Asn1Object::from_str("2.5.29.30")?;
            let value = Asn1OctetString::new_from_bytes(value)?;
            builder.append_extension(X509Extension::new_from_der(&kind, true, &value)?)?;
        }
        if key_id == KeyId::Present {
            let context = builder.x509v3_context(None, None);
            let extension = SubjectKeyIdentifier::new().build(&context)?;
            builder.append_extension(extension)?;
        }
        if let Some((ca, _)) = above {
            let context = builder.x509v3_context(Some(ca), None);
            let extension = AuthorityKeyIdentifier::new().keyid(true).build(&context)?;
            builder.append_extension(extension)?;
        }
        sign(builder, above.map_or(key, |(_, key)| key))
    };
    make().expect("OpenSSL makes a certificate of sound parts")
}

pub(super) fn certify_client(
    key: &TestKey,
    subject: &DistinguishedName,
    dates: (SystemTime, SystemTime),
    (ca, ca_key): (&X509, &TestKey),
) -> X509 {
    let make = || -> Result<X509, ErrorStack> {
        let mut builder = begin(key, subject, dates)?;
        builder.set_issuer_name(ca.subject_name())?;
        builder.append_extension(BasicConstraints::new().critical().build()?)?;
        let usage = KeyUsage::new().critical().digital_signature().build()?;
        builder.append_extension(usage)?;
        builder.append_extension(ExtendedKeyUsage::new().client_auth().build()?)?;
        sign(builder, ca_key)
    };
    make().expect("OpenSSL makes a certificate of sound parts")
}

/// Begins a certificate with the parts that a CA and a client share.
fn begin(
    key: &TestKey,
    subject: &DistinguishedName,
    (from, until): (SystemTime, SystemTime),
) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    let serial = BigNum::from_slice(SerialNumber::random()?.as_be_bytes())?;
    builder.set_serial_number(Asn1Integer::from_bn(&serial)?.as_ref())?;
    builder.set_subject_name(X509Name::from_der(subject.as_der())?.as_ref())?;
    builder.set_pubkey(key.private_key())?;
    builder.set_not_before(Asn1Time::from_unix(unix(from))?.as_ref())?;
    builder.set_not_after(Asn1Time::from_unix(unix(until))?.as_ref())?;
    Ok(builder)
}

fn sign(mut builder: X509Builder, key: &TestKey) -> Result<X509, ErrorStack> {
    builder.sign(key.private_key(), digest(key.private_key()))?;
    Ok(builder.build())
}

fn digest<T: HasPublic>(key: &PKeyRef<T>) -> MessageDigest {
    SignatureAlgorithm::for_key(key)
        .and_then(SignatureAlgorithm::digest)
        // Ed25519 has its own digest.
        .unwrap_or_else(MessageDigest::null)
}
