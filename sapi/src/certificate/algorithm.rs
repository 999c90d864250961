//! The algorithm a CA signs with, chosen by its key.

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, Id, PKeyRef};

/// A signature algorithm: its AlgorithmIdentifier in DER, and the digest OpenSSL needs for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignatureAlgorithm {
    pub(crate) der: &'static [u8],
    digest: Option<Digest>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl SignatureAlgorithm {
    /// The algorithm whose digest matches the strength of the key (NIST SP 800-57 part 1, table 2);
    /// `None` for a key no certificate here is signed with.
    pub(crate) fn for_key<T: HasPublic>(key: &PKeyRef<T>) -> Option<Self> {
        let (der, digest) = match key.id() {
            Id::RSA if key.bits() < 2048 => return None,
            Id::RSA if key.bits() < 7680 => (RSA_SHA256, Some(Digest::Sha256)),
            Id::RSA if key.bits() < 15360 => (RSA_SHA384, Some(Digest::Sha384)),
            Id::RSA => (RSA_SHA512, Some(Digest::Sha512)),
            Id::EC => match key.ec_key().ok()?.group().curve_name()? {
                Nid::X9_62_PRIME256V1 => (ECDSA_SHA256, Some(Digest::Sha256)),
                Nid::SECP384R1 => (ECDSA_SHA384, Some(Digest::Sha384)),
                Nid::SECP521R1 => (ECDSA_SHA512, Some(Digest::Sha512)),
                _ => return None,
            },
            Id::ED25519 => (ED25519, None),
            // Keys without a legacy number are told apart by their size in bits (FIPS 204 table 2).
            id if id.as_raw() == -1 => match key.bits() {
                10_496 => (ML_DSA_44, None),
                15_616 => (ML_DSA_65, None),
                20_736 => (ML_DSA_87, None),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self { der, digest })
    }

    /// The digest to hand to OpenSSL, `None` where the scheme brings its own.
    pub(crate) fn digest(self) -> Option<MessageDigest> {
        self.digest.map(|digest| match digest {
            Digest::Sha256 => MessageDigest::sha256(),
            Digest::Sha384 => MessageDigest::sha384(),
            Digest::Sha512 => MessageDigest::sha512(),
        })
    }
}

// RFC 4055 section 5: NULL parameters for RSA. RFC 5758, RFC 8410, RFC 9881: none for the others.
const RSA_SHA256: &[u8] = &[
    0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0,
];
const RSA_SHA384: &[u8] = &[
    0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12, 5, 0,
];
const RSA_SHA512: &[u8] = &[
    0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13, 5, 0,
];
const ECDSA_SHA256: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const ECDSA_SHA384: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
const ECDSA_SHA512: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];
const ED25519: &[u8] = &[0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
const ML_DSA_44: &[u8] = &[0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17];
const ML_DSA_65: &[u8] = &[0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18];
const ML_DSA_87: &[u8] = &[0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 19];
