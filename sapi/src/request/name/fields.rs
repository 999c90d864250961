//! The fields of distinguished names that have a short name, such as `CN` and `O`.

use der::Tag;
use der::asn1::ObjectIdentifier;

/// A field: its names, its identifier, and how its value is written.
pub(crate) struct Field {
    /// The short name first, then the other names that OpenSSL and ssl_api use.
    names: &'static [&'static str],
    kind: ObjectIdentifier,
    /// The string type to write. A request may use another.
    pub(crate) string: Tag,
    /// Upper bound in characters (RFC 5280 appendix A.1).
    pub(crate) max: usize,
}

impl Field {
    const fn new(names: &'static [&'static str], kind: &str, string: Tag, max: usize) -> Self {
        Self {
            names,
            kind: ObjectIdentifier::new_unwrap(kind),
            string,
            max,
        }
    }

    pub(crate) fn short_name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }
}

/// Finds the identifier of a field, by one of its names in any case or by the dotted identifier.
pub(crate) fn identifier(field: &str) -> Option<ObjectIdentifier> {
    let called = |known: &&Field| {
        known
            .names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(field))
    };
    match FIELDS.iter().find(called) {
        Some(known) => Some(known.kind),
        None => ObjectIdentifier::new(field).ok(),
    }
}

/// The name that [`DistinguishedName::fields`](crate::request::DistinguishedName::fields) uses for a field.
pub(crate) fn canonical_field(field: &str) -> Option<String> {
    let kind = identifier(field)?;
    Some(known(&kind).map_or(kind.to_string(), |known| known.short_name().to_owned()))
}

/// The field with this identifier.
pub(crate) fn known(kind: &ObjectIdentifier) -> Option<&'static Field> {
    FIELDS.iter().find(|known| known.kind == *kind)
}

/// The short names of all known fields.
pub(crate) fn short_names() -> String {
    let names: Vec<_> = FIELDS.iter().map(Field::short_name).collect();
    names.join(", ")
}

/// The bound, in characters, for fields that RFC 5280 does not bound.
pub(crate) const MAX_VALUE: usize = 1024;
pub(crate) const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");

const UTF8: Tag = Tag::Utf8String;
const IA5: Tag = Tag::Ia5String;
const PRINTABLE: Tag = Tag::PrintableString;

const FIELDS: &[Field] = &[
    Field::new(&["C", "countryName"], "2.5.4.6", PRINTABLE, 2),
    Field::new(&["ST", "SP", "stateOrProvinceName"], "2.5.4.8", UTF8, 128),
    Field::new(&["L", "localityName"], "2.5.4.7", UTF8, 128),
    Field::new(&["O", "organizationName"], "2.5.4.10", UTF8, 64),
    Field::new(&["OU", "organizationalUnitName"], "2.5.4.11", UTF8, 64),
    Field::new(&["CN", "commonName"], "2.5.4.3", UTF8, 64),
    Field::new(&["emailAddress", "Email"], "1.2.840.113549.1.9.1", IA5, 255),
    Field::new(
        &["DC", "domainComponent"],
        "0.9.2342.19200300.100.1.25",
        IA5,
        255,
    ),
    Field::new(&["UID", "userId"], "0.9.2342.19200300.100.1.1", UTF8, 256),
    Field::new(&["serialNumber"], "2.5.4.5", PRINTABLE, 64),
    Field::new(&["SN", "surname"], "2.5.4.4", UTF8, 32768),
    Field::new(&["GN", "givenName"], "2.5.4.42", UTF8, 32768),
    Field::new(&["title"], "2.5.4.12", UTF8, 64),
    Field::new(&["street", "streetAddress"], "2.5.4.9", UTF8, MAX_VALUE),
    Field::new(&["postalCode"], "2.5.4.17", UTF8, MAX_VALUE),
    Field::new(&["dnQualifier"], "2.5.4.46", PRINTABLE, 64),
    Field::new(&["pseudonym"], "2.5.4.65", UTF8, 128),
    Field::new(&["organizationIdentifier"], "2.5.4.97", UTF8, 256),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_many_names_and_one_short_one() {
        for name in ["CN", "cn", "commonName", "2.5.4.3"] {
            assert_eq!(canonical_field(name).as_deref(), Some("CN"), "{name}");
        }
        assert_eq!(canonical_field("SP").as_deref(), Some("ST"));
        assert_eq!(canonical_field("1.2.3").as_deref(), Some("1.2.3"));
        assert_eq!(canonical_field("nickname"), None);
        assert!(short_names().starts_with("C, ST, L, O, OU, CN, emailAddress, "));
    }

    /// OpenSSL has the same names for the same identifiers.
    #[test]
    fn openssl_calls_them_alike() {
        for field in FIELDS {
            let theirs = openssl::asn1::Asn1Object::from_str(&field.kind.to_string()).unwrap();
            let names = [theirs.nid().short_name(), theirs.nid().long_name()];
            let known = names
                .iter()
                .flatten()
                .any(|name| field.names.contains(name));
            assert!(known, "{}: {names:?}", field.kind);
        }
    }
}
