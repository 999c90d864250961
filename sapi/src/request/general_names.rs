//! Alternative names as DER: read from a request, written into a certificate.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use der::{AnyRef, Class, Decode, Encode, Reader, SliceReader, Tag, TagNumber, Tagged};

use super::csr_error::CsrError;
use super::names::{AltName, NameError};

/// `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName` (RFC 5280 section 4.2.1.6)
pub(crate) fn read_names(value: &[u8], max_names: usize) -> Result<Vec<AltName>, CsrError> {
    let mut names: Vec<AltName> = Vec::new();
    let mut reader = SliceReader::new(value)?;
    let list = AnyRef::decode(&mut reader)?;
    reader.finish()?;
    list.tag().assert_eq(Tag::Sequence)?;
    let mut reader = SliceReader::new(list.value())?;
    let mut count = 0;
    while !reader.is_finished() {
        count += 1;
        if count > max_names {
            return Err(NameError::new(
                &format!("number {count}"),
                "is more than the server takes in one request",
            )
            .into());
        }
        let name = read_name(AnyRef::decode(&mut reader)?)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return Err(NameError::new("", "the list of names is empty").into());
    }
    Ok(names)
}

/// Writes what [`read_names`] reads.
pub(crate) fn write_names(names: &[AltName]) -> Result<Vec<u8>, der::Error> {
    let mut list = Vec::new();
    for name in names {
        let octets;
        let (number, content) = match name {
            AltName::Email(text) => (1, text.as_bytes()),
            AltName::Dns(text) => (2, text.as_bytes()),
            AltName::Uri(text) => (6, text.as_bytes()),
            AltName::Ip(IpAddr::V4(address)) => {
                octets = address.octets().to_vec();
                (7, octets.as_slice())
            }
            AltName::Ip(IpAddr::V6(address)) => {
                octets = address.octets().to_vec();
                (7, octets.as_slice())
            }
        };
        let tag = Tag::ContextSpecific {
            constructed: false,
            number: TagNumber(number),
        };
        AnyRef::new(tag, content)?.encode_to_vec(&mut list)?;
    }
    AnyRef::new(Tag::Sequence, &list)?.to_der()
}

fn read_name(name: AnyRef<'_>) -> Result<AltName, CsrError> {
    let tag = name.tag();
    if tag.class() != Class::ContextSpecific {
        return Err(CsrError::malformed(
            "subject alternative name",
            "an element is no GeneralName",
        ));
    }
    let simple = !tag.is_constructed();
    let read = match tag.number().value() {
        1 if simple => AltName::Email(ia5(name.value())?),
        2 if simple => AltName::Dns(ia5(name.value())?),
        6 if simple => AltName::Uri(ia5(name.value())?),
        7 if simple => AltName::Ip(ip(name.value())?),
        0 => return Err(unsupported("otherName")),
        3 => return Err(unsupported("x400Address")),
        4 => return Err(unsupported("directoryName")),
        5 => return Err(unsupported("ediPartyName")),
        8 => return Err(unsupported("registeredID")),
        _ => {
            return Err(CsrError::malformed(
                "subject alternative name",
                "an element is no GeneralName",
            ));
        }
    };
    read.check()?;
    Ok(read)
}

fn unsupported(kind: &str) -> CsrError {
    NameError::new(
        kind,
        "is a kind of name that is not supported; use DNS, IP, email or URI",
    )
    .into()
}

fn ia5(text: &[u8]) -> Result<String, CsrError> {
    match std::str::from_utf8(text) {
        Ok(text) if text.is_ascii() => Ok(text.to_owned()),
        _ => Err(NameError::new(
            &String::from_utf8_lossy(text),
            "has a character that is not ASCII",
        )
        .into()),
    }
}

fn ip(octets: &[u8]) -> Result<IpAddr, CsrError> {
    if let Ok(four) = <[u8; 4]>::try_from(octets) {
        return Ok(Ipv4Addr::from(four).into());
    }
    match <[u8; 16]>::try_from(octets) {
        Ok(sixteen) => Ok(Ipv6Addr::from(sixteen).into()),
        Err(_) => Err(NameError::new("IP", "has neither 4 nor 16 octets").into()),
    }
}
