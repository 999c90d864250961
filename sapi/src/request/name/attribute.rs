//! One attribute of a distinguished name.

use der::asn1::ObjectIdentifier;

/// A type and its value, such as `CN` and `web01` (RFC 5280 section 4.1.2.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Attribute {
    pub(crate) kind: ObjectIdentifier,
    pub(crate) value: String,
}
