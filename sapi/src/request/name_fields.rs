//! The fields of distinguished names that are known by a short name.

use der::asn1::ObjectIdentifier;

/// The identifier of a field called by its short name, in any case, or by the dotted identifier itself.
pub(super) fn identifier(field: &str) -> Option<ObjectIdentifier> {
    match KNOWN
        .iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(field))
    {
        Some((_, kind, _)) => Some(*kind),
        None => ObjectIdentifier::new(field).ok(),
    }
}

/// What is known of a field: short name, identifier, upper bound in characters.
pub(super) fn known(
    kind: &ObjectIdentifier,
) -> Option<&'static (&'static str, ObjectIdentifier, usize)> {
    KNOWN.iter().find(|(_, known, _)| known == kind)
}

/// Of a field that RFC 5280 does not bound, in characters.
pub(super) const MAX_VALUE: usize = 1024;
pub(super) const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");

/// Short name, identifier, and upper bound in characters (RFC 5280 appendix A.1).
const KNOWN: &[(&str, ObjectIdentifier, usize)] = &[
    ("CN", ObjectIdentifier::new_unwrap("2.5.4.3"), 64),
    ("C", COUNTRY, 2),
    ("ST", ObjectIdentifier::new_unwrap("2.5.4.8"), 128),
    ("L", ObjectIdentifier::new_unwrap("2.5.4.7"), 128),
    ("O", ObjectIdentifier::new_unwrap("2.5.4.10"), 64),
    ("OU", ObjectIdentifier::new_unwrap("2.5.4.11"), 64),
    (
        "emailAddress",
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"),
        255,
    ),
    ("serialNumber", ObjectIdentifier::new_unwrap("2.5.4.5"), 64),
    (
        "DC",
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"),
        255,
    ),
    (
        "UID",
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1"),
        256,
    ),
    ("SN", ObjectIdentifier::new_unwrap("2.5.4.4"), 32768),
    ("GN", ObjectIdentifier::new_unwrap("2.5.4.42"), 32768),
    ("title", ObjectIdentifier::new_unwrap("2.5.4.12"), 64),
    ("street", ObjectIdentifier::new_unwrap("2.5.4.9"), MAX_VALUE),
    (
        "postalCode",
        ObjectIdentifier::new_unwrap("2.5.4.17"),
        MAX_VALUE,
    ),
    ("dnQualifier", ObjectIdentifier::new_unwrap("2.5.4.46"), 64),
    ("pseudonym", ObjectIdentifier::new_unwrap("2.5.4.65"), 128),
    (
        "organizationIdentifier",
        ObjectIdentifier::new_unwrap("2.5.4.97"),
        256,
    ),
];
