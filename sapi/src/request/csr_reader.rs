//! A strict reader of certification requests (RFC 2986). It does no arithmetic.

use der::asn1::{BitStringRef, ObjectIdentifier};
use der::{AnyRef, Class, Decode, Reader, SliceReader, Tag, Tagged};

use super::attributes::{Attributes, read_attributes};
use super::csr_error::CsrFault;
use super::key::public::{KeyNumbers, read_algorithm, read_spki};
use super::name::distinguished::DistinguishedName;

/// The parts of a request. Its signature is not verified yet.
pub(crate) struct Parts<'a> {
    pub(crate) info: &'a [u8],
    pub(crate) algorithm: ObjectIdentifier,
    pub(crate) parameters: Option<AnyRef<'a>>,
    pub(crate) signature: &'a [u8],
}

/// The signed part of a request.
pub(crate) struct Info<'a> {
    pub(crate) subject: DistinguishedName,
    pub(crate) spki: &'a [u8],
    pub(crate) key: KeyNumbers<'a>,
    pub(crate) attributes: Attributes<'a>,
}

/// `CertificationRequest ::= SEQUENCE { certificationRequestInfo, signatureAlgorithm, signature BIT STRING }`
pub(crate) fn read_parts(der: &[u8]) -> Result<Parts<'_>, CsrFault> {
    let mut reader = SliceReader::new(der)?;
    let parts = reader.sequence(|request| {
        let info = request.tlv_bytes()?;
        let (algorithm, parameters) = read_algorithm(request)?;
        let signature = BitStringRef::decode(request)?;
        let signature = signature
            .as_bytes()
            .ok_or_else(|| CsrFault::malformed("signature", "does not fill whole octets"))?;
        Ok::<_, CsrFault>(Parts {
            info,
            algorithm,
            parameters,
            signature,
        })
    })?;
    if !reader.is_finished() {
        return Err(CsrFault::TrailingData);
    }
    Ok(parts)
}

/// `CertificationRequestInfo ::= SEQUENCE { version, subject, subjectPKInfo, attributes [0] }`
pub(crate) fn read_info(info: &[u8], max_names: usize) -> Result<Info<'_>, CsrFault> {
    let mut reader = SliceReader::new(info)?;
    reader.sequence(|fields| {
        let version = AnyRef::decode(fields)?;
        check_version(version)?;
        let subject = DistinguishedName::from_der(fields.tlv_bytes()?)?;
        let spki = fields.tlv_bytes()?;
        let key = read_spki(spki)?;
        // RFC 2986 requires the field even if it is empty, but some writers leave it out.
        if fields.is_finished() {
            let attributes = Attributes::default();
            return Ok(Info {
                subject,
                spki,
                key,
                attributes,
            });
        }
        let attributes = AnyRef::decode(fields)?;
        let tag = attributes.tag();
        if tag.class() != Class::ContextSpecific
            || tag.number().value() != 0
            || !tag.is_constructed()
        {
            return Err(CsrFault::malformed(
                "attributes",
                "are not [0] (RFC 2986 section 4.1)",
            ));
        }
        let attributes = read_attributes(attributes.value(), max_names)?;
        Ok(Info {
            subject,
            spki,
            key,
            attributes,
        })
    })
}

/// RFC 2986 knows only version 0, but widespread tools have written 1 and 2 for years.
fn check_version(version: AnyRef<'_>) -> Result<(), CsrFault> {
    version.tag().assert_eq(Tag::Integer)?;
    match version.value() {
        [0..=2] => Ok(()),
        [] => Err(CsrFault::malformed("version", "is an empty INTEGER")),
        [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => {
            Err(CsrFault::malformed("version", "is not a minimal INTEGER"))
        }
        _ => Err(CsrFault::UnsupportedVersion),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_use_and_no_others() {
        let slug = |tag: u8, content: &[u8]| {
            let der = [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
            let read = check_version(AnyRef::try_from(der.as_slice()).unwrap());
            read.err().map(|error| error.slug())
        };
        for version in 0..=2 {
            assert_eq!(slug(2, &[version]), None, "{version}");
        }
        for other in [
            &[3][..],
            &[0x7f],
            &[0xff],
            &[0x80],
            &[0, 0x80],
            &[0xff, 0x7f],
            &[1, 0],
        ] {
            assert_eq!(slug(2, other), Some("unsupported-version"), "{other:?}");
        }
        for padded in [
            &[][..],
            &[0, 0],
            &[0, 1],
            &[0, 0x7f],
            &[0xff, 0x80],
            &[0xff, 0xff],
        ] {
            assert_eq!(slug(2, padded), Some("malformed-request"), "{padded:?}");
        }
        assert_eq!(slug(3, &[0]), Some("malformed-request"));
    }
}
