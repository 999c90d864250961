//! The rules that an Ed25519 public key must meet.

use super::error::KeyError;

/// Checks the 32 octets of a key (RFC 8032 section 5.1.5). The y coordinate is below 2^255 - 19. The
/// point does not have small order: with such a key, one signature fits every message.
pub(crate) fn check(key: &[u8]) -> Result<&[u8], KeyError> {
    let invalid = |reason| Err(KeyError::Invalid { reason });
    let Ok(octets) = <[u8; 32]>::try_from(key) else {
        return invalid("an Ed25519 key has 32 octets");
    };
    let mut y = octets;
    // The top bit is the sign of x.
    y[31] &= 0x7f;
    if y.iter().rev().ge(FIELD.iter().rev()) {
        return invalid("the coordinate of the Ed25519 key is not below 2^255 - 19");
    }
    if SMALL_ORDER.contains(&y) {
        return invalid("the Ed25519 key is a point of small order");
    }
    Ok(key)
}

/// The field's prime, 2^255 - 19, little-endian.
const FIELD: [u8; 32] = {
    let mut prime = [0xff; 32];
    prime[0] = 0xed;
    prime[31] = 0x7f;
    prime
};

/// The y coordinates of the eight points whose order divides the cofactor.
const SMALL_ORDER: [[u8; 32]; 5] = [
    little_endian(0),
    little_endian(1),
    {
        let mut minus_one = FIELD;
        minus_one[0] = 0xec;
        minus_one
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

const fn little_endian(small: u8) -> [u8; 32] {
    let mut number = [0; 32];
    number[0] = small;
    number
}
