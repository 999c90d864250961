//! Tags of the context (X.680 section 8.6): fields that a structure numbers itself.

use der::{Tag, TagNumber};

/// A field whose content is DER again, or is a constructed type under an implicit tag.
pub(crate) const fn constructed(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// A field whose content is the value itself, under an implicit tag.
pub(crate) const fn primitive(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(number),
    }
}

/// `version [0] EXPLICIT INTEGER { v3(2) }` of a certificate (RFC 5280 section 4.1.2.1), as DER.
pub(crate) const VERSION_3: &[u8] = &[0xa0, 3, 2, 1, 2];

/// `extensions [3] EXPLICIT Extensions` of a certificate (RFC 5280 section 4.1).
pub(crate) const EXTENSIONS: Tag = constructed(3);
