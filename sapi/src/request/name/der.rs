//! Distinguished names in DER: a strict reader and a writer.

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Encode, Reader, SliceReader, Tag, Tagged};

use super::attribute::Attribute;
use super::error::SubjectFault;
use super::fields::{COUNTRY, MAX_VALUE, identifier, known};
use crate::encoding::asn1::read_oid;

/// `Name ::= SEQUENCE OF SET SIZE (1..MAX) OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }`
pub(crate) fn read_name(der: &[u8]) -> Result<Vec<Attribute>, SubjectFault> {
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

fn read_relative_name(set: &[u8], attributes: &mut Vec<Attribute>) -> Result<(), SubjectFault> {
    if set.is_empty() {
        return Err(SubjectFault::new("has an empty relative name"));
    }
    let mut reader = SliceReader::new(set)?;
    let mut previous: &[u8] = &[];
    while !reader.is_finished() {
        let element = reader.tlv_bytes()?;
        // X.690 section 11.6: the elements of a set are in the order of their encodings.
        if element < previous {
            return Err(SubjectFault::new(
                "has a relative name whose attributes are not in DER order",
            ));
        }
        previous = element;
        let mut element = SliceReader::new(element)?;
        let (kind, value) = element.sequence(|pair| {
            let kind = read_oid(pair)?;
            refuse_old_strings(&kind, pair)?;
            Ok::<_, SubjectFault>((kind, AnyRef::decode(pair)?))
        })?;
        attributes.push(read_attribute(kind, value)?);
    }
    Ok(())
}

/// Refuses the old string types. RFC 5280 section 4.1.2.4 does not allow them in new subjects.
fn refuse_old_strings(kind: &ObjectIdentifier, pair: &SliceReader<'_>) -> Result<(), SubjectFault> {
    match pair.peek_byte() {
        Some(NUMERIC | TELETEX..=VIDEOTEX | GRAPHIC..=BMP) => Err(SubjectFault::of(
            kind,
            "is not a UTF8String or PrintableString",
        )),
        _ => Ok(()),
    }
}

fn read_attribute(kind: ObjectIdentifier, value: AnyRef<'_>) -> Result<Attribute, SubjectFault> {
    let text = match value.tag() {
        Tag::PrintableString if value.value().iter().all(|b| is_printable(*b)) => value.value(),
        Tag::Utf8String => value.value(),
        Tag::Ia5String if value.value().is_ascii() => value.value(),
        Tag::PrintableString | Tag::Ia5String => {
            let reason = "has a character that its string type does not allow";
            return Err(SubjectFault::of(&kind, reason));
        }
        _ => {
            let reason = "is not a UTF8String or PrintableString";
            return Err(SubjectFault::of(&kind, reason));
        }
    };
    let text = std::str::from_utf8(text).map_err(|_| SubjectFault::of(&kind, "is not UTF-8"))?;
    check_value(&kind, text)?;
    Ok(Attribute {
        kind,
        value: text.to_owned(),
    })
}

fn check_value(kind: &ObjectIdentifier, text: &str) -> Result<(), SubjectFault> {
    let limit = known(kind).map_or(MAX_VALUE, |field| field.max);
    if text.trim().is_empty() {
        return Err(SubjectFault::of(kind, "is empty"));
    }
    if *kind == COUNTRY && !(text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic())) {
        return Err(SubjectFault::of(kind, "is not two letters (ISO 3166)"));
    }
    if text.chars().count() > limit {
        return Err(SubjectFault::of(
            kind,
            format!("is longer than {limit} characters"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(SubjectFault::of(kind, "has a control character"));
    }
    Ok(())
}

/// Writes one field as a separate relative name.
pub(crate) fn write_field(
    field: &str,
    value: &str,
    into: &mut Vec<u8>,
) -> Result<(), SubjectFault> {
    let kind = identifier(field).ok_or_else(|| SubjectFault::unknown_field(field))?;
    check_value(&kind, value)?;
    let tag = known(&kind).map_or(Tag::Utf8String, |field| field.string);
    let mut pair = kind.to_der()?;
    AnyRef::new(tag, value.as_bytes())?.encode_to_vec(&mut pair)?;
    let pair = AnyRef::new(Tag::Sequence, &pair)?.to_der()?;
    AnyRef::new(Tag::Set, &pair)?.encode_to_vec(into)?;
    Ok(())
}

/// Whether a PrintableString may contain the octet (X.680 section 41.4).
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

/// Tags of the old string types. All from GraphicString to BMPString are old (X.680 section 8.6).
const NUMERIC: u8 = 0x12;
const TELETEX: u8 = 0x14;
const VIDEOTEX: u8 = 0x15;
const GRAPHIC: u8 = 0x19;
const BMP: u8 = 0x1e;
pub(crate) const MAX_ATTRIBUTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap();
        assert!(length < 128);
        [&[tag, length], content].concat()
    }

    /// An attribute of the type 2.5.4.n.
    fn pair(n: u8, tag: u8, value: &[u8]) -> Vec<u8> {
        tlv(0x30, &[tlv(6, &[0x55, 4, n]), tlv(tag, value)].concat())
    }

    fn read(sets: &[Vec<u8>]) -> Result<Vec<Attribute>, SubjectFault> {
        read_name(&tlv(0x30, &sets.concat()))
    }

    fn one(tag: u8, value: &[u8]) -> Result<Vec<Attribute>, SubjectFault> {
        read(&[tlv(0x31, &pair(10, tag, value))])
    }

    #[test]
    fn string_types_old_and_new() {
        for tag in [0x0c, 0x13, 0x16] {
            assert_eq!(one(tag, b"Ab 1").unwrap()[0].value, "Ab 1", "{tag:#x}");
        }
        for tag in (0..0x1f).filter(|tag| ![0x0c, 0x13, 0x16].contains(tag)) {
            assert!(one(tag, b"Ab 1").is_err(), "{tag:#x}");
        }
        for tag in [0x12, 0x14, 0x15, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e] {
            let error = one(tag, b"Ab 1").unwrap_err().to_string();
            assert!(
                error.contains("is not a UTF8String or PrintableString"),
                "{error}"
            );
        }
    }

    #[test]
    fn each_string_type_holds_its_own_characters() {
        for octet in 0x20..0x7f_u8 {
            let value = [b'a', octet];
            let fits = octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet);
            assert_eq!(one(0x13, &value).is_ok(), fits, "{:?}", char::from(octet));
            assert!(one(0x0c, &value).is_ok() && one(0x16, &value).is_ok());
        }
        assert!(one(0x0c, "é".as_bytes()).is_ok());
        assert!(one(0x0c, &[0xff]).is_err());
        for (tag, value) in [(0x13, "a*"), (0x16, "é")] {
            let error = one(tag, value.as_bytes()).unwrap_err().to_string();
            assert!(
                error.contains("that its string type does not allow"),
                "{error}"
            );
        }
        assert!(one(0x0c, b"a\x7f").is_err() && one(0x0c, b"\n").is_err());
        assert!(one(0x0c, b"").is_err() && one(0x0c, b"  ").is_err());
    }

    #[test]
    fn values_up_to_their_bounds() {
        let name = |n: u8, characters: usize| {
            let value = "a".repeat(characters);
            read(&[tlv(0x31, &pair(n, 0x0c, value.as_bytes()))]).is_ok()
        };
        assert!(name(3, 64) && !name(3, 65));
        let country = |value: &[u8]| read(&[tlv(0x31, &pair(6, 0x13, value))]).is_ok();
        assert!(country(b"SE"));
        assert!(!country(b"S1") && !country(b"S") && !country(b"SWE"));
        let mut long = Vec::new();
        write_field("street", &"a".repeat(1024), &mut long).unwrap();
        assert!(write_field("street", &"a".repeat(1025), &mut long).is_err());
    }

    #[test]
    fn a_set_stands_in_the_order_of_its_encodings() {
        let (first, second) = (pair(10, 0x0c, b"a"), pair(11, 0x0c, b"a"));
        let set = |pairs: &[&[u8]]| read(&[tlv(0x31, &pairs.concat())]);
        assert_eq!(set(&[&first, &second]).unwrap().len(), 2);
        assert!(set(&[&second, &first]).is_err());
        assert!(set(&[&first, &first]).is_ok());
        assert!(set(&[]).is_err());
        assert!(read(&[]).unwrap().is_empty());
        // The order of two sets is free.
        assert!(read(&[tlv(0x31, &second), tlv(0x31, &first)]).is_ok());
    }

    #[test]
    fn nothing_is_left_over() {
        let good = tlv(0x30, &tlv(0x31, &pair(3, 0x0c, b"a")));
        assert!(read_name(&good).is_ok());
        assert!(read_name(&[good.as_slice(), &[5, 0]].concat()).is_err());
        assert!(read_name(&tlv(0x31, &[])).is_err());
        assert!(read(&[tlv(0x30, &pair(3, 0x0c, b"a"))]).is_err());
        let three = tlv(
            0x30,
            &[tlv(6, &[0x55, 4, 3]), tlv(0x0c, b"a"), tlv(5, &[])].concat(),
        );
        assert!(read(&[tlv(0x31, &three)]).is_err());
    }
}
