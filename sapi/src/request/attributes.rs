//! The attributes of a request, and the extensions it asks for.

#[cfg(test)]
mod tests;

use der::asn1::{IntRef, Null, ObjectIdentifier, OctetStringRef, UintRef};
use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged};

use super::csr_error::CsrFault;
use super::name::alt::AltName;
use super::name::general::read_names;
use crate::encoding::asn1::{read_bits, read_oid};
use crate::encoding::oids::{
    BASIC_CONSTRAINTS, EXTENSION_REQUEST, KEY_USAGE, MS_CERT_EXTENSIONS, SUBJECT_ALT_NAME,
};

/// The attributes of a request, and the names in them.
#[derive(Debug, Default)]
pub(crate) struct Attributes<'a> {
    /// The alternative names that the request asks for, each once, in its order.
    pub(crate) names: Vec<AltName>,
    /// Every attribute, and the contents of its set of values.
    pub(crate) all: Vec<(ObjectIdentifier, &'a [u8])>,
}

/// Reads the contents of `attributes [0] IMPLICIT SET OF Attribute` (RFC 2986 section 4.1).
pub(crate) fn read_attributes(set: &[u8], max_names: usize) -> Result<Attributes<'_>, CsrFault> {
    let mut found = Attributes::default();
    let mut reader = SliceReader::new(set)?;
    while !reader.is_finished() {
        let (kind, values) = reader.sequence(|attribute| {
            let kind = read_oid(attribute)?;
            let values = AnyRef::decode(attribute)?;
            values.tag().assert_eq(Tag::Set)?;
            Ok::<_, der::Error>((kind, values.value()))
        })?;
        if found.all.iter().any(|(other, _)| *other == kind) {
            return Err(CsrFault::DuplicateAttribute(kind));
        }
        found.all.push((kind, values));
        if found.all.len() > MAX_ATTRIBUTES {
            return Err(CsrFault::malformed("attributes", "there are more than 64"));
        }
        let mut elements = SliceReader::new(values)?;
        while !elements.is_finished() {
            check_element(AnyRef::decode(&mut elements)?)?;
        }
        // Microsoft's older attribute means the same (MS-WCCE section 2.2.2.7.2).
        if kind == EXTENSION_REQUEST || kind == MS_CERT_EXTENSIONS {
            if found
                .all
                .iter()
                .any(|(k, _)| *k != kind && (*k == EXTENSION_REQUEST || *k == MS_CERT_EXTENSIONS))
            {
                return Err(CsrFault::DuplicateAttribute(kind));
            }
            found.names = read_extensions(values, max_names)?;
        }
    }
    Ok(found)
}

/// Checks that a value is DER, even if nobody reads it: the shortest types have one form each.
fn check_element(value: AnyRef<'_>) -> Result<(), der::Error> {
    match value.tag() {
        Tag::Boolean => value.decode_as::<bool>().map(drop),
        Tag::Integer => value.decode_as::<IntRef<'_>>().map(drop),
        Tag::Null => value.decode_as::<Null>().map(drop),
        _ => Ok(()),
    }
}

/// Reads `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`, the one value of the attribute (RFC 2985
/// section 5.4.2), and returns the alternative names in them. A certificate takes over nothing else.
fn read_extensions(values: &[u8], max_names: usize) -> Result<Vec<AltName>, CsrFault> {
    let mut names = Vec::new();
    let mut seen: Vec<ObjectIdentifier> = Vec::new();
    let mut reader = SliceReader::new(values)?;
    let extensions = AnyRef::decode(&mut reader)?;
    reader.finish()?;
    extensions.tag().assert_eq(Tag::Sequence)?;
    let mut reader = SliceReader::new(extensions.value())?;
    while !reader.is_finished() {
        let (kind, value) = read_extension(&mut reader)?;
        if seen.contains(&kind) {
            return Err(CsrFault::DuplicateExtension(kind));
        }
        seen.push(kind);
        if seen.len() > MAX_EXTENSIONS {
            return Err(CsrFault::malformed("extensions", "there are more than 64"));
        }
        match kind {
            SUBJECT_ALT_NAME => names = read_names(value, max_names)?,
            BASIC_CONSTRAINTS => refuse_ca(value)?,
            KEY_USAGE => refuse_ca_usage(value)?,
            _ => {}
        }
    }
    Ok(names)
}

/// `Extension ::= SEQUENCE { extnID OID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`
fn read_extension<'a>(
    reader: &mut SliceReader<'a>,
) -> Result<(ObjectIdentifier, &'a [u8]), CsrFault> {
    reader.sequence(|extension| {
        let kind = read_oid(extension)?;
        // X.690 section 11.5: a value equal to its default is not encoded.
        if Tag::peek(extension)? == Tag::Boolean && !bool::decode(extension)? {
            return Err(CsrFault::malformed(
                "extension",
                "critical is FALSE, which DER leaves out",
            ));
        }
        let value: &OctetStringRef = Decode::decode(extension)?;
        Ok((kind, value.as_bytes()))
    })
}

/// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`
fn refuse_ca(value: &[u8]) -> Result<(), CsrFault> {
    let mut reader = SliceReader::new(value)?;
    let constraints = AnyRef::decode(&mut reader)?;
    reader.finish()?;
    constraints.tag().assert_eq(Tag::Sequence)?;
    let mut fields = SliceReader::new(constraints.value())?;
    // An explicit FALSE is not DER, but it is common, and no certificate takes this value over.
    let is_ca =
        !fields.is_finished() && Tag::peek(&fields)? == Tag::Boolean && bool::decode(&mut fields)?;
    if !fields.is_finished() {
        UintRef::decode(&mut fields)?;
    }
    fields.finish()?;
    if is_ca {
        return Err(CsrFault::CaRequested {
            what: "basicConstraints CA:TRUE",
        });
    }
    Ok(())
}

/// `KeyUsage ::= BIT STRING { ..., keyCertSign (5), cRLSign (6), ... }`
fn refuse_ca_usage(value: &[u8]) -> Result<(), CsrFault> {
    let mut reader = SliceReader::new(value)?;
    let bits = read_bits(&mut reader)?;
    reader.finish()?;
    for (bit, what) in [(5, "keyUsage keyCertSign"), (6, "keyUsage cRLSign")] {
        if bits.get(bit) == Some(true) {
            return Err(CsrFault::CaRequested { what });
        }
    }
    Ok(())
}

const MAX_ATTRIBUTES: usize = 64;
const MAX_EXTENSIONS: usize = 64;
