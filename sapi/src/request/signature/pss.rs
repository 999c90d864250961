//! The parameters of RSASSA-PSS.

use der::{AnyRef, Tag, Tagged};

use super::digest::Digest;

/// Compares the RSASSA-PSS parameters as bytes: the digest, MGF1 with the same digest, and a
/// salt as long as the digest, with or without the digest's NULL (RFC 4055 section 2.1, 3.1).
pub(super) fn read_digest(parameters: Option<AnyRef<'_>>) -> Option<Digest> {
    let given = parameters.filter(|any| any.tag() == Tag::Sequence)?;
    for (digest, last, salt) in [
        (Digest::Sha256, 1, 32),
        (Digest::Sha384, 2, 48),
        (Digest::Sha512, 3, 64),
    ] {
        for null in [&[5, 0][..], &[]] {
            let wanted = parameters_of(last, salt, null);
            let rest = given.value().strip_prefix(wanted.as_slice());
            if rest.is_some_and(|rest| rest.is_empty() || rest == TRAILER_1) {
                return Some(digest);
            }
        }
    }
    None
}

pub(super) fn parameters_of(last: u8, salt: u8, null: &[u8]) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| {
        // Every length here is below 128, so it takes one octet.
        let mut out = vec![tag, u8::try_from(content.len()).unwrap_or(u8::MAX)];
        out.extend_from_slice(content);
        out
    };
    let digest = tlv(
        0x30,
        &[&[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, last], null].concat(),
    );
    let mgf1 = [
        &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8],
        digest.as_slice(),
    ]
    .concat();
    [
        tlv(0xa0, &digest),
        tlv(0xa1, &tlv(0x30, &mgf1)),
        tlv(0xa2, &[2, 1, salt]),
    ]
    .concat()
}

/// `trailerField [3] INTEGER { trailerFieldBC(1) }`, the default; verifiers accept it (RFC 4055 section 3.1).
pub(super) const TRAILER_1: &[u8] = &[0xa3, 3, 2, 1, 1];
