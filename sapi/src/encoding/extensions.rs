//! The extensions of a certificate in DER, whatever they mean.

use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged};

use super::tags::EXTENSIONS;

/// Shows every extension of a certificate in DER: its identifier, whether it is critical, and its value.
pub(crate) fn each_extension<E: From<der::Error>>(
    certificate: &[u8],
    mut show: impl FnMut(ObjectIdentifier, bool, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    SliceReader::new(certificate)?.sequence(|fields| {
        fields.sequence(|tbs| {
            while !tbs.is_finished() {
                let field = AnyRef::decode(tbs)?;
                if field.tag() == EXTENSIONS {
                    SliceReader::new(field.value())?.sequence(|list| {
                        while !list.is_finished() {
                            let (kind, critical, value) = read_extension(list)?;
                            show(kind, critical, value)?;
                        }
                        Ok::<_, E>(())
                    })?;
                }
            }
            Ok::<_, E>(())
        })?;
        AnyRef::decode(fields)?;
        AnyRef::decode(fields)?;
        Ok::<_, E>(())
    })
}

/// `Extension ::= SEQUENCE { extnID OID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`
pub(crate) fn read_extension<'a>(
    reader: &mut SliceReader<'a>,
) -> Result<(ObjectIdentifier, bool, &'a [u8]), der::Error> {
    reader.sequence(|fields| {
        let kind = ObjectIdentifier::decode(fields)?;
        let critical = Tag::peek(fields)? == Tag::Boolean && bool::decode(fields)?;
        let value: &OctetStringRef = Decode::decode(fields)?;
        Ok((kind, critical, value.as_bytes()))
    })
}
