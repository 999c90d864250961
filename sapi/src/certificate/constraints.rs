//! Name constraints: the names that a CA may vouch for, by its certificate and those above it.

mod subtree;

use std::net::IpAddr;

use der::{AnyRef, Decode, ErrorKind, Reader, SliceReader, Tag, Tagged};

use self::subtree::Subtree;
use crate::encoding::extensions::each_extension;
use crate::encoding::oids::NAME_CONSTRAINTS;
use crate::encoding::tags::constructed;
use crate::request::{AltName, DistinguishedName};

/// The name constraints of one CA certificate (RFC 5280 section 4.2.1.10). Empty without the extension.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct NameConstraints {
    permitted: Vec<Subtree>,
    excluded: Vec<Subtree>,
}

impl NameConstraints {
    /// Reads them from a certificate in DER. An unknown form is an error: by section 4.2.1.10, a
    /// verifier must process such a constraint or reject the certificate.
    pub(crate) fn read(certificate: &[u8]) -> Result<Self, der::Error> {
        let mut found = None;
        each_extension(certificate, |kind, _, value| {
            if kind == NAME_CONSTRAINTS && found.replace(read_value(value)?).is_some() {
                return Err(der::Error::from(ErrorKind::Failed));
            }
            Ok(())
        })?;
        Ok(found.unwrap_or_default())
    }

    /// Whether a certificate with this subject and these names may be signed.
    pub(crate) fn check(
        &self,
        subject: &DistinguishedName,
        names: &[AltName],
    ) -> Result<(), OutsideConstraints> {
        if self.permitted.is_empty() && self.excluded.is_empty() {
            return Ok(());
        }
        if !subject.is_empty() {
            self.judge(&subject.to_string(), |tree| tree.holds_subject(subject))?;
        }
        for name in names {
            self.judge(&name.to_string(), |tree| tree.holds(name))?;
        }
        for name in in_subject(subject, names) {
            self.judge(&format!("{name} (in the subject)"), |tree| {
                tree.holds(&name)
            })?;
        }
        // A wildcard also matches names that are excluded one by one.
        for (name, tree) in names
            .iter()
            .flat_map(|n| self.excluded.iter().map(move |t| (n, t)))
        {
            if tree.is_covered_by(name) {
                return Err(excluded(&name.to_string(), tree));
            }
        }
        Ok(())
    }

    /// Refuses a name in an excluded subtree. If subtrees of its kind are permitted, the name must be in
    /// one of them. A subtree returns `None` for a name of another kind.
    fn judge(
        &self,
        name: &str,
        holds: impl Fn(&Subtree) -> Option<bool>,
    ) -> Result<(), OutsideConstraints> {
        if let Some(tree) = self.excluded.iter().find(|tree| holds(tree) == Some(true)) {
            return Err(excluded(name, tree));
        }
        let of_its_kind = || self.permitted.iter().filter(|tree| holds(tree).is_some());
        if of_its_kind().next().is_none() || of_its_kind().any(|tree| holds(tree) == Some(true)) {
            return Ok(());
        }
        let trees: Vec<_> = of_its_kind().map(ToString::to_string).collect();
        Err(OutsideConstraints(format!(
            "{name} is outside the name constraints of this certificate authority, which permit {} only",
            trees.join(" and ")
        )))
    }
}

fn excluded(name: &str, tree: &Subtree) -> OutsideConstraints {
    OutsideConstraints(format!(
        "{name} is excluded by the name constraints of this certificate authority ({tree})"
    ))
}

/// The CA may not vouch for a name, by its own certificate or one above it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct OutsideConstraints(String);

/// Names that verifiers find in the subject: every mailbox, and the common name if it could be a host
/// and no DNS name is granted. Much software then takes the common name for the host.
fn in_subject(subject: &DistinguishedName, names: &[AltName]) -> Vec<AltName> {
    let mut found = Vec::new();
    let no_host = !names.iter().any(|name| matches!(name, AltName::Dns(_)));
    for (field, value) in subject.fields() {
        let name = match field.as_str() {
            "emailAddress" => AltName::Email(value.to_owned()),
            "CN" if no_host && value.contains('.') => AltName::Dns(value.to_owned()),
            _ => continue,
        };
        // A value that is not even a mailbox is checked too: it is outside every permitted subtree.
        if matches!(name, AltName::Email(_)) || name.check().is_ok() {
            found.push(name);
        }
    }
    found
}

/// `NameConstraints ::= SEQUENCE { permittedSubtrees [0] OPTIONAL, excludedSubtrees [1] OPTIONAL }`
fn read_value(value: &[u8]) -> Result<NameConstraints, der::Error> {
    let mut constraints = NameConstraints::default();
    let mut reader = SliceReader::new(value)?;
    reader.sequence(|fields| {
        while !fields.is_finished() {
            let list = AnyRef::decode(fields)?;
            let subtrees = match list.tag() {
                PERMITTED => &mut constraints.permitted,
                EXCLUDED => &mut constraints.excluded,
                _ => return Err(ErrorKind::Failed.into()),
            };
            let mut reader = SliceReader::new(list.value())?;
            while !reader.is_finished() {
                subtrees.push(reader.sequence(read_subtree)?);
            }
        }
        Ok::<_, der::Error>(())
    })?;
    reader.finish()?;
    Ok(constraints)
}

/// `GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }`. The
/// last two are never used (section 4.2.1.10), so anything after the base is an error.
fn read_subtree(fields: &mut SliceReader<'_>) -> Result<Subtree, der::Error> {
    let base = AnyRef::decode(fields)?;
    let text = || match std::str::from_utf8(base.value()) {
        Ok(text) if text.is_ascii() => Ok(text.to_ascii_lowercase()),
        _ => Err(der::Error::from(ErrorKind::Failed)),
    };
    match base.tag().number().value() {
        1 => Ok(Subtree::Email(mailbox(base.value(), text()?))),
        2 => Ok(Subtree::Dns(text()?)),
        4 => DistinguishedName::from_der(base.value())
            .map(Subtree::Directory)
            .map_err(|_| ErrorKind::Failed.into()),
        6 => Ok(Subtree::Uri(text()?)),
        7 => read_network(base.value()),
        // No certificate here has a name of such a kind.
        _ => Ok(Subtree::Other),
    }
}

/// Keeps the case before the `@`, where it counts (RFC 5321 section 2.4).
fn mailbox(original: &[u8], lower: String) -> String {
    let original = String::from_utf8_lossy(original);
    match (original.rsplit_once('@'), lower.rsplit_once('@')) {
        (Some((local, _)), Some((_, host))) => format!("{local}@{host}"),
        _ => lower,
    }
}

/// Reads an address and its mask, 8 octets or 32.
fn read_network(octets: &[u8]) -> Result<Subtree, der::Error> {
    let half = octets.len() / 2;
    let (Some(address), Some(mask)) = (octets.get(..half), octets.get(half..)) else {
        return Err(ErrorKind::Failed.into());
    };
    let ip = |octets: &[u8]| -> Option<IpAddr> {
        if let Ok(four) = <[u8; 4]>::try_from(octets) {
            return Some(four.into());
        }
        <[u8; 16]>::try_from(octets).ok().map(IpAddr::from)
    };
    match (ip(address), ip(mask)) {
        (Some(address), Some(mask)) => Ok(Subtree::Ip { address, mask }),
        _ => Err(ErrorKind::Failed.into()),
    }
}

const PERMITTED: Tag = constructed(0);
const EXCLUDED: Tag = constructed(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(base: &[u8]) -> Result<Subtree, der::Error> {
        read_subtree(&mut SliceReader::new(base).unwrap())
    }

    #[test]
    fn a_base_is_read_by_its_kind() {
        let dns = |text: &str| Ok(Subtree::Dns(text.to_owned()));
        assert_eq!(read(b"\x82\x03A.b"), dns("a.b"));
        assert_eq!(read(b"\x82\x00"), dns(""));
        let mailbox = |text: &str| Ok(Subtree::Email(text.to_owned()));
        assert_eq!(read(b"\x81\x03A@B"), mailbox("A@b"));
        assert_eq!(read(b"\x81\x03A.B"), mailbox("a.b"));
        assert_eq!(read(b"\x86\x03A.B"), Ok(Subtree::Uri("a.b".into())));
        assert_eq!(read(&[0x88, 1, 0x2a]), Ok(Subtree::Other));
        assert!(matches!(
            read(&[0xa4, 2, 0x30, 0]),
            Ok(Subtree::Directory(_))
        ));
    }

    #[test]
    fn what_is_not_understood_is_no_base() {
        for bad in [
            &[0x82, 2, 0xc3, 0xa9][..],
            &[0x82, 1, 0xff],
            &[0x86, 2, 0xc3, 0xa9],
            &[0x81, 2, 0xc3, 0xa9],
            &[0xa4, 1, 0x30],
            &[0x87, 4, 1, 2, 3, 4],
            &[0x87, 7, 1, 2, 3, 4, 5, 6, 7],
            &[0x87, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            &[0x87, 0],
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
        let four = read(&[0x87, 8, 192, 0, 2, 0, 255, 255, 255, 0]).unwrap();
        let (address, mask) = ([192, 0, 2, 0].into(), [255, 255, 255, 0].into());
        assert_eq!(four, Subtree::Ip { address, mask });
    }
}
