//! Strict readers of object identifiers and bit strings: the `der` crate accepts some that are not DER.

use der::asn1::{BitStringRef, ObjectIdentifier};
use der::{AnyRef, Decode, ErrorKind, SliceReader, Tag, Tagged};

/// Reads an object identifier. Refuses padded components (X.690 section 8.19.2): with padding, one
/// identifier would have several encodings.
pub(crate) fn read_oid(reader: &mut SliceReader<'_>) -> Result<ObjectIdentifier, der::Error> {
    let element = AnyRef::decode(reader)?;
    element.tag().assert_eq(Tag::ObjectIdentifier)?;
    oid_of(element)
}

/// Like [`read_oid`], for an element that is already read.
pub(crate) fn oid_of(element: AnyRef<'_>) -> Result<ObjectIdentifier, der::Error> {
    let mut begins = true;
    for octet in element.value() {
        if begins && *octet == 0x80 {
            return Err(ErrorKind::OidMalformed.into());
        }
        begins = *octet < 0x80;
    }
    element.decode_as()
}

/// Reads a bit string. Refuses unused bits that are not zero (X.690 section 11.2.1).
pub(crate) fn read_bits<'a>(reader: &mut SliceReader<'a>) -> Result<BitStringRef<'a>, der::Error> {
    let bits = BitStringRef::decode(reader)?;
    let unused = (1u16 << bits.unused_bits()) - 1;
    match bits.raw_bytes().last() {
        Some(last) if u16::from(*last) & unused != 0 => Err(Tag::BitString.value_error().into()),
        _ => Ok(bits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_identifiers_are_refused() {
        let read = |der: &[u8]| read_oid(&mut SliceReader::new(der).unwrap());
        assert_eq!(read(&[6, 3, 0x55, 4, 3]).unwrap().to_string(), "2.5.4.3");
        assert_eq!(
            read(&[6, 4, 0x2a, 0x86, 0x80, 0x01]).unwrap().to_string(),
            "1.2.98305"
        );
        let zeros = read(&[6, 5, 0x2a, 0x81, 0x80, 0x80, 0x01]).unwrap();
        assert_eq!(zeros.to_string(), "1.2.2097153");
        for padded in [
            &[6, 4, 0x55, 4, 0x80, 3][..],
            &[6, 4, 0x80, 0x55, 4, 3],
            &[6, 0],
            &[6, 2, 0x55, 0x84],
        ] {
            assert!(read(padded).is_err(), "{padded:?}");
        }
    }

    #[test]
    fn unused_bits_are_zero() {
        let read = |der: &[u8]| read_bits(&mut SliceReader::new(der).unwrap()).is_ok();
        assert!(read(&[3, 2, 7, 0x80]));
        assert!(!read(&[3, 2, 7, 0x81]));
        assert!(read(&[3, 2, 0, 0xff]));
        assert!(read(&[3, 1, 0]));
    }
}
