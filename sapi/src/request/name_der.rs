//! Distinguished names as DER, read strictly and written.

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Encode, Reader, SliceReader, Tag, Tagged};

use super::asn1::read_oid;
use super::distinguished_name::Attribute;
use super::name_fields::{COUNTRY, MAX_VALUE, identifier, known};
use super::subject_error::SubjectError;

/// `Name ::= SEQUENCE OF SET SIZE (1..MAX) OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }`
pub(super) fn read_name(der: &[u8]) -> Result<Vec<Attribute>, SubjectError> {
    let mut attributes = Vec::new();
    let mut reader = SliceReader::new(der)?;
    let name = AnyRef::decode(&mut reader)?;
    reader.finish()?;
    name.tag().assert_eq(Tag::Sequence)?;
    let mut relative_names = SliceReader::new(name.value())?;
    while !relative_names.is_finished() {
        let set = AnyRef::decode(&mut relative_names)?;
        set.tag().assert_eq(Tag::Set)?;
        read_relative_name(set.value(), &mut attributes)?;
    }
    Ok(attributes)
}

fn read_relative_name(set: &[u8], attributes: &mut Vec<Attribute>) -> Result<(), SubjectError> {
    if set.is_empty() {
        return Err(SubjectError::new("has an empty relative name"));
    }
    let mut reader = SliceReader::new(set)?;
    let mut previous: &[u8] = &[];
    while !reader.is_finished() {
        let element = reader.tlv_bytes()?;
        // X.690 section 11.6: the elements of a set stand in the order of their encodings.
        if element < previous {
            return Err(SubjectError::new(
                "has a relative name whose attributes are not in DER order",
            ));
        }
        previous = element;
        let mut element = SliceReader::new(element)?;
        let (kind, value) = element.sequence(|pair| {
            let kind = read_oid(pair)?;
            refuse_old_strings(&kind, pair)?;
            Ok::<_, SubjectError>((kind, AnyRef::decode(pair)?))
        })?;
        attributes.push(read_attribute(kind, value)?);
    }
    Ok(())
}

/// RFC 5280 section 4.1.2.4: the string types of old are not to be used for new subjects.
fn refuse_old_strings(kind: &ObjectIdentifier, pair: &SliceReader<'_>) -> Result<(), SubjectError> {
    match pair.peek_byte() {
        Some(NUMERIC | TELETEX..=VIDEOTEX | GRAPHIC..=BMP) => Err(SubjectError::of(
            kind,
            "is not a UTF8String or PrintableString",
        )),
        _ => Ok(()),
    }
}

fn read_attribute(kind: ObjectIdentifier, value: AnyRef<'_>) -> Result<Attribute, SubjectError> {
    let text = match value.tag() {
        Tag::PrintableString if value.value().iter().all(|b| is_printable(*b)) => value.value(),
        Tag::Utf8String => value.value(),
        Tag::Ia5String if value.value().is_ascii() => value.value(),
        Tag::PrintableString | Tag::Ia5String => {
            let reason = "has a character that its string type cannot hold";
            return Err(SubjectError::of(&kind, reason));
        }
        _ => {
            let reason = "is not a UTF8String or PrintableString";
            return Err(SubjectError::of(&kind, reason));
        }
    };
    let text = std::str::from_utf8(text).map_err(|_| SubjectError::of(&kind, "is not UTF-8"))?;
    check_value(&kind, text)?;
    Ok(Attribute {
        kind,
        value: text.to_owned(),
    })
}

fn check_value(kind: &ObjectIdentifier, text: &str) -> Result<(), SubjectError> {
    let limit = known(kind).map_or(MAX_VALUE, |field| field.max);
    if text.trim().is_empty() {
        return Err(SubjectError::of(kind, "is empty"));
    }
    if *kind == COUNTRY && !(text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic())) {
        return Err(SubjectError::of(kind, "is not two letters (ISO 3166)"));
    }
    if text.chars().count() > limit {
        return Err(SubjectError::of(
            kind,
            format!("is longer than {limit} characters"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(SubjectError::of(kind, "has a control character"));
    }
    Ok(())
}

/// Writes one field as a relative name of its own.
pub(super) fn write_field(
    field: &str,
    value: &str,
    into: &mut Vec<u8>,
) -> Result<(), SubjectError> {
    let kind = identifier(field).ok_or_else(|| SubjectError::unknown_field(field))?;
    check_value(&kind, value)?;
    let tag = known(&kind).map_or(Tag::Utf8String, |field| field.string);
    let mut pair = kind.to_der()?;
    AnyRef::new(tag, value.as_bytes())?.encode_to_vec(&mut pair)?;
    let pair = AnyRef::new(Tag::Sequence, &pair)?.to_der()?;
    AnyRef::new(Tag::Set, &pair)?.encode_to_vec(into)?;
    Ok(())
}

/// X.680 section 41.4.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

/// NumericString, TeletexString, VideotexString; GraphicString to BMPString (X.680 section 8.6).
const NUMERIC: u8 = 0x12;
const TELETEX: u8 = 0x14;
const VIDEOTEX: u8 = 0x15;
const GRAPHIC: u8 = 0x19;
const BMP: u8 = 0x1e;
pub(super) const MAX_ATTRIBUTES: usize = 64;
