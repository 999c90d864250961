//! Writes a CA's certificate, signed by the CA itself or by another CA of ours.

use der::Tag;
use der::asn1::ObjectIdentifier;
use openssl::asn1::{Asn1Integer, Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{HasPublic, PKey, PKeyRef, Private, Public};
use openssl::rand::rand_bytes;
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509, X509Builder, X509Extension, X509Name, X509NameRef, X509Ref};

use super::error::CreateError;
use crate::certificate::{SignatureAlgorithm, Verifier, key_identifier};
use crate::encoding::der_writer::DerWriter;
use crate::encoding::extensions::each_extension;
use crate::encoding::oids::{AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, KEY_USAGE, SUBJECT_KEY_ID};
use crate::encoding::tags::primitive;

/// The content of a CA's certificate that is not signed yet.
pub(crate) struct AuthorityCertificate {
    subject: X509Name,
    key: PKey<Public>,
    key_id: Vec<u8>,
    path_length: Option<u32>,
    others: Vec<X509Extension>,
}

impl AuthorityCertificate {
    /// For a new CA. Its path length is 0: it signs leaves, and none of its certificates can sign another.
    pub(crate) fn of(
        subject: &X509NameRef,
        key: &PKeyRef<impl HasPublic>,
    ) -> Result<Self, CreateError> {
        let key = PKey::public_key_from_der(&key.public_key_to_der()?)?;
        Ok(Self {
            subject: X509Name::from_der(&subject.to_der()?)?,
            key_id: key_identifier(&key.public_key_to_der()?)?.to_vec(),
            key,
            path_length: Some(0),
            others: Vec::new(),
        })
    }

    /// For the same CA again. Name, key and key identifier stay, so that certificates that name this CA as
    /// their issuer still match.
    pub(crate) fn again(certificate: &X509Ref) -> Result<Self, CreateError> {
        let mut again = Self::of(certificate.subject_name(), &*certificate.public_key()?)?
            .limited_like(certificate)?;
        again.key_id = key_id(certificate)?;
        Ok(again)
    }

    /// Takes the path length of `certificate`, and its other extensions (name constraints, policies). A
    /// successor may not do more than its predecessor.
    pub(crate) fn limited_like(mut self, certificate: &X509Ref) -> Result<Self, CreateError> {
        if certificate.version() < VERSION_3 {
            return Ok(self);
        }
        self.path_length = certificate.pathlen();
        let mut found = Vec::new();
        each_extension(&certificate.to_der()?, |kind, critical, value| {
            if ![
                BASIC_CONSTRAINTS,
                KEY_USAGE,
                SUBJECT_KEY_ID,
                AUTHORITY_KEY_ID,
            ]
            .contains(&kind)
            {
                found.push((kind, critical, value.to_vec()));
            }
            Ok::<_, der::Error>(())
        })?;
        for (kind, critical, value) in found {
            self.others.push(extension(kind, critical, &value)?);
        }
        Ok(self)
    }

    /// Signs it with the CA's own key.
    pub(crate) fn self_signed(
        &self,
        key: &PKeyRef<Private>,
        dates: &(Asn1Time, Asn1Time),
    ) -> Result<X509, CreateError> {
        self.signed(key, &self.subject, &self.key_id, dates)
    }

    /// Signs it with another CA's key.
    pub(crate) fn signed_by(
        &self,
        issuer: &X509Ref,
        key: &PKeyRef<Private>,
        dates: &(Asn1Time, Asn1Time),
    ) -> Result<X509, CreateError> {
        self.signed(key, issuer.subject_name(), &key_id(issuer)?, dates)
    }

    fn signed(
        &self,
        key: &PKeyRef<Private>,
        issuer: &X509NameRef,
        issuer_key_id: &[u8],
        (begin, end): &(Asn1Time, Asn1Time),
    ) -> Result<X509, CreateError> {
        let mut builder = X509::builder()?;
        builder.set_version(VERSION_3)?;
        let serial = serial_number()?;
        builder.set_serial_number(&serial)?;
        builder.set_subject_name(&self.subject)?;
        builder.set_issuer_name(issuer)?;
        builder.set_not_before(begin)?;
        builder.set_not_after(end)?;
        builder.set_pubkey(&self.key)?;
        self.extend(&mut builder, issuer_key_id)?;
        builder.sign(key, digest(key)?)?;
        let certificate = builder.build();
        let public = PKey::public_key_from_der(&key.public_key_to_der()?)?;
        let algorithm = SignatureAlgorithm::for_key(key).ok_or(CreateError::UnsupportedKey)?;
        if Verifier::new(algorithm, public)?.verifies_certificate(&certificate.to_der()?) {
            Ok(certificate)
        } else {
            Err(CreateError::DoesNotVerify)
        }
    }

    fn extend(&self, builder: &mut X509Builder, issuer_key_id: &[u8]) -> Result<(), CreateError> {
        let mut constraints = BasicConstraints::new();
        constraints.critical().ca();
        if let Some(length) = self.path_length {
            constraints.pathlen(length);
        }
        builder.append_extension(constraints.build()?)?;
        let mut usage = KeyUsage::new();
        usage.critical().key_cert_sign().crl_sign();
        builder.append_extension(usage.build()?)?;
        let mut own = DerWriter::default();
        own.element(Tag::OctetString, &self.key_id)?;
        builder.append_extension(extension(SUBJECT_KEY_ID, false, &own.finish())?)?;
        let mut above = DerWriter::default();
        above.nest(Tag::Sequence, |fields| {
            fields.element(KEY_ID, issuer_key_id)
        })?;
        builder.append_extension(extension(AUTHORITY_KEY_ID, false, &above.finish())?)?;
        for other in &self.others {
            builder.append_extension2(other)?;
        }
        Ok(())
    }
}

/// Returns the key identifier in a CA's certificate. If the certificate does not have one, this is the usual
/// digest of the key, as in every certificate that the CA signs.
pub(crate) fn key_id(certificate: &X509Ref) -> Result<Vec<u8>, CreateError> {
    match certificate.subject_key_id() {
        Some(id) => Ok(id.as_slice().to_vec()),
        None => {
            let key = certificate.public_key()?.public_key_to_der()?;
            Ok(key_identifier(&key)?.to_vec())
        }
    }
}

/// Returns the digest that matches the key's strength. Some kinds of key have their own digest.
pub(crate) fn digest(key: &PKeyRef<Private>) -> Result<MessageDigest, CreateError> {
    let algorithm = SignatureAlgorithm::for_key(key).ok_or(CreateError::UnsupportedKey)?;
    Ok(algorithm.digest().unwrap_or_else(MessageDigest::null))
}

fn extension(
    kind: ObjectIdentifier,
    critical: bool,
    value: &[u8],
) -> Result<X509Extension, ErrorStack> {
    let kind = Asn1Object::from_str(&kind.to_string())?;
    X509Extension::new_from_der(&kind, critical, &*Asn1OctetString::new_from_bytes(value)?)
}

/// Makes a serial number of 159 random bits in 20 octets. The highest bit is clear, or the number would be
/// negative or need a 21st octet (RFC 5280 section 4.1.2.2). The lowest bit is set, because zero is not a
/// serial number.
fn serial_number() -> Result<Asn1Integer, ErrorStack> {
    let mut octets = [0_u8; 20];
    rand_bytes(&mut octets)?;
    let [first, .., last] = &mut octets;
    *first &= 0x7f;
    *last |= 1;
    BigNum::from_slice(&octets)?.to_asn1_integer()
}

const VERSION_3: i32 = 2;
/// `keyIdentifier [0]` (RFC 5280 section 4.2.1.1).
const KEY_ID: Tag = primitive(0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_positive_and_fit() {
        for _ in 0..200 {
            let serial = serial_number().unwrap().to_bn().unwrap();
            assert!(!serial.is_negative() && (1..=159).contains(&serial.num_bits()));
        }
    }
}
