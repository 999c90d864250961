//! Identifiers of keys: the names by which certificates find the one above them.

use der::asn1::BitStringRef;
use der::{AnyRef, Decode, Reader, SliceReader, Tag};
use openssl::x509::X509Ref;
use sha1::{Digest, Sha1};

use super::error::IssuerError;
use crate::encoding::der_writer::DerWriter;
use crate::encoding::oids::AUTHORITY_KEY_ID;
use crate::encoding::tags::primitive;

/// `AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OPTIONAL, ... }` (RFC 5280 section 4.2.1.1).
///
/// An old CA certificate may lack a subject key identifier. Then this uses the usual digest of its key
/// (section 4.2.1.2, method 1): verifiers have nothing to compare it with.
pub(super) fn authority_key_id(certificate: &X509Ref) -> Result<Vec<u8>, IssuerError> {
    let key_id = match certificate.subject_key_id() {
        Some(key_id) => key_id.as_slice().to_vec(),
        None => key_identifier(&certificate.public_key()?.public_key_to_der()?)?.to_vec(),
    };
    let mut value = DerWriter::default();
    value.nest(Tag::Sequence, |fields| {
        fields.element(primitive(0), &key_id)
    })?;
    let mut extension = DerWriter::default();
    extension.extension(AUTHORITY_KEY_ID, false, &value.finish())?;
    Ok(extension.finish())
}

/// The SHA-1 of the key's bits: a name, not a safeguard (RFC 5280 section 4.2.1.2, method 1).
pub(crate) fn key_identifier(spki: &[u8]) -> Result<[u8; 20], der::Error> {
    Ok(Sha1::digest(key_bits(spki)?).into())
}

/// The content of the BIT STRING in a SubjectPublicKeyInfo.
pub(super) fn key_bits(spki: &[u8]) -> Result<&[u8], der::Error> {
    let mut reader = SliceReader::new(spki)?;
    let bits = reader.sequence(|info| {
        AnyRef::decode(info)?;
        BitStringRef::decode(info)
    })?;
    Ok(bits.raw_bytes())
}
