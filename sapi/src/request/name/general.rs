//! Alternative names in DER: a reader for requests and a writer for certificates.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use der::{AnyRef, Class, Decode, Encode, Reader, SliceReader, Tag, Tagged};

use super::alt::{AltName, NameError};
use crate::encoding::tags::primitive;

/// `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName` (RFC 5280 section 4.2.1.6)
pub(crate) fn read_names(value: &[u8], max_names: usize) -> Result<Vec<AltName>, NamesError> {
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
        AnyRef::new(primitive(number), content)?.encode_to_vec(&mut list)?;
    }
    AnyRef::new(Tag::Sequence, &list)?.to_der()
}

fn read_name(name: AnyRef<'_>) -> Result<AltName, NamesError> {
    let tag = name.tag();
    if tag.class() != Class::ContextSpecific {
        return Err(NamesError::NotAGeneralName);
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
            return Err(NamesError::NotAGeneralName);
        }
    };
    read.check()?;
    Ok(read)
}

fn unsupported(kind: &str) -> NamesError {
    NameError::new(
        kind,
        "is a kind of name that is not supported; use DNS, IP, email or URI",
    )
    .into()
}

fn ia5(text: &[u8]) -> Result<String, NamesError> {
    match std::str::from_utf8(text) {
        Ok(text) if text.is_ascii() => Ok(text.to_owned()),
        _ => Err(NameError::new(
            &String::from_utf8_lossy(text),
            "has a character that is not ASCII",
        )
        .into()),
    }
}

fn ip(octets: &[u8]) -> Result<IpAddr, NamesError> {
    if let Ok(four) = <[u8; 4]>::try_from(octets) {
        return Ok(Ipv4Addr::from(four).into());
    }
    match <[u8; 16]>::try_from(octets) {
        Ok(sixteen) => Ok(Ipv6Addr::from(sixteen).into()),
        Err(_) => Err(NameError::new("IP", "has neither 4 nor 16 octets").into()),
    }
}

/// Why octets are not a list of alternative names.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NamesError {
    #[error(transparent)]
    NotDer(#[from] der::Error),
    #[error("an element is not a GeneralName")]
    NotAGeneralName,
    #[error(transparent)]
    Unacceptable(#[from] NameError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&[u8]]) -> Vec<u8> {
        let content = names.concat();
        [
            &[0x30, u8::try_from(content.len()).unwrap()],
            content.as_slice(),
        ]
        .concat()
    }

    fn read(names: &[&[u8]]) -> Result<Vec<AltName>, String> {
        read_names(&list(names), 3).map_err(|error| error.to_string())
    }

    const A: &[u8] = &[0x82, 1, b'a'];

    #[test]
    fn each_kind_is_read_and_written_back() {
        let kinds: [&[u8]; 3] = [A, &[0x81, 3, b'a', b'@', b'b'], &[0x87, 4, 192, 0, 2, 1]];
        let names = read(&kinds).unwrap();
        assert_eq!(write_names(&names).unwrap(), list(&kinds));
        let uri: &[u8] = &[0x86, 3, b'x', b':', b'y'];
        let six = [&[0x87, 16][..], &[0; 15], &[1]].concat();
        let names = read(&[uri, &six]).unwrap();
        assert_eq!(
            names,
            [
                AltName::Uri("x:y".into()),
                AltName::Ip([0, 0, 0, 0, 0, 0, 0, 1].into())
            ]
        );
        assert_eq!(write_names(&names).unwrap(), list(&[uri, &six]));
    }

    #[test]
    fn as_many_as_are_taken_and_each_once() {
        let (b, c): (&[u8], &[u8]) = (&[0x82, 1, b'b'], &[0x82, 1, b'c']);
        assert_eq!(read(&[A, b, c]).unwrap().len(), 3);
        assert_eq!(read(&[A, A, c]).unwrap().len(), 2);
        // Names that appear twice count too.
        assert!(read(&[A, A, A, A]).unwrap_err().contains("number 4"));
        assert!(
            read(&[])
                .unwrap_err()
                .contains("the list of names is empty")
        );
    }

    #[test]
    fn other_kinds_are_named() {
        for (tag, kind) in [
            (0xa0, "otherName"),
            (0xa3, "x400Address"),
            (0xa4, "directoryName"),
            (0xa5, "ediPartyName"),
            (0x88, "registeredID"),
        ] {
            let error = read(&[&[tag, 0]]).unwrap_err();
            assert!(error.contains(kind), "{error}");
        }
        // The wrong class, an unknown number, or constructed where GeneralName is primitive.
        for tag in [0x02, 0x0c, 0x42, 0x89, 0xa1, 0xa2, 0xa6, 0xa7] {
            let error = read(&[&[tag, 1, b'a']]).unwrap_err();
            assert!(error.contains("not a GeneralName"), "{tag:#x}: {error}");
        }
    }

    #[test]
    fn what_is_no_address_or_no_ascii_is_refused() {
        for octets in [0_u8, 3, 5, 8, 15, 17] {
            let name = [vec![0x87, octets], vec![1; usize::from(octets)]].concat();
            assert!(
                read(&[&name])
                    .unwrap_err()
                    .contains("neither 4 nor 16 octets")
            );
        }
        assert!(
            read(&[&[0x82, 2, 0xc3, 0xa9]])
                .unwrap_err()
                .contains("not ASCII")
        );
        assert!(read(&[&[0x82, 1, 0xff]]).unwrap_err().contains("not ASCII"));
        assert!(read_names(&[&list(&[A])[..], &[5, 0]].concat(), 3).is_err());
        assert!(read_names(A, 3).is_err());
    }
}
