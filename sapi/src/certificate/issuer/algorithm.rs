//! The algorithm a CA signs with, chosen by its key.

use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, Id, PKeyRef, Private};
use openssl::sign::Signer;

use crate::request::KeyKind;
use crate::request::signature::Scheme;
use crate::request::signature::digest::Digest;

/// A signature algorithm: its scheme, and its AlgorithmIdentifier in DER.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignatureAlgorithm {
    pub(crate) der: &'static [u8],
    scheme: Scheme,
}

impl SignatureAlgorithm {
    /// The algorithm whose digest matches the strength of the key (NIST SP 800-57 part 1, table 2);
    /// `None` for a key that sapi does not sign with.
    pub(crate) fn for_key<T: HasPublic>(key: &PKeyRef<T>) -> Option<Self> {
        let (der, scheme) = match key.id() {
            Id::RSA if key.bits() < 2048 => return None,
            Id::RSA if key.bits() < 7680 => (RSA_SHA256, Scheme::RsaPkcs1(Digest::Sha256)),
            Id::RSA if key.bits() < 15360 => (RSA_SHA384, Scheme::RsaPkcs1(Digest::Sha384)),
            Id::RSA => (RSA_SHA512, Scheme::RsaPkcs1(Digest::Sha512)),
            Id::EC => match key.ec_key().ok()?.group().curve_name()? {
                Nid::X9_62_PRIME256V1 => (ECDSA_SHA256, Scheme::Ecdsa(Digest::Sha256)),
                Nid::SECP384R1 => (ECDSA_SHA384, Scheme::Ecdsa(Digest::Sha384)),
                Nid::SECP521R1 => (ECDSA_SHA512, Scheme::Ecdsa(Digest::Sha512)),
                _ => return None,
            },
            Id::ED25519 => (ED25519, Scheme::Ed25519),
            // Keys without a legacy number are told apart by their size in bits (FIPS 204 table 2).
            id if id.as_raw() == -1 => match key.bits() {
                10_496 => (ML_DSA_44, Scheme::MlDsa(KeyKind::MlDsa44)),
                15_616 => (ML_DSA_65, Scheme::MlDsa(KeyKind::MlDsa65)),
                20_736 => (ML_DSA_87, Scheme::MlDsa(KeyKind::MlDsa87)),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self { der, scheme })
    }

    /// The digest, for OpenSSL's builder of certificates; `None` if the scheme has its own.
    pub(crate) fn digest(self) -> Option<openssl::hash::MessageDigest> {
        match self.scheme {
            Scheme::RsaPkcs1(digest) | Scheme::RsaPss(digest) | Scheme::Ecdsa(digest) => {
                Some(digest.message_digest())
            }
            Scheme::Ed25519 | Scheme::MlDsa(_) => None,
        }
    }

    pub(crate) fn scheme(self) -> Scheme {
        self.scheme
    }

    pub(crate) fn sign(
        self,
        key: &PKeyRef<Private>,
        message: &[u8],
    ) -> Result<Vec<u8>, ErrorStack> {
        match self.scheme {
            Scheme::RsaPkcs1(digest) | Scheme::RsaPss(digest) => {
                Signer::new(digest.message_digest(), key)?.sign_oneshot_to_vec(message)
            }
            // Signs on the curve directly, as when verifying.
            Scheme::Ecdsa(digest) => EcdsaSig::sign(&digest.of(message), &*key.ec_key()?)?.to_der(),
            Scheme::Ed25519 | Scheme::MlDsa(_) => {
                Signer::new_without_digest(key)?.sign_oneshot_to_vec(message)
            }
        }
    }
}

// RFC 4055 section 5: NULL parameters for RSA. RFC 5758, RFC 8410, RFC 9881: no parameters for the others.
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

#[cfg(test)]
mod tests {
    use openssl::bn::BigNum;
    use openssl::ec::{EcGroup, EcKey};
    use openssl::pkey::{PKey, Public};
    use openssl::rsa::Rsa;

    use super::*;

    fn der<T: HasPublic>(key: &PKeyRef<T>) -> Option<&'static [u8]> {
        SignatureAlgorithm::for_key(key).map(|algorithm| algorithm.der)
    }

    /// A number of so many bits for a modulus: only its length matters here.
    fn rsa(bits: i32) -> PKey<Public> {
        let mut modulus = BigNum::new().unwrap();
        modulus.set_bit(bits - 1).unwrap();
        modulus.set_bit(0).unwrap();
        let exponent = BigNum::from_u32(65537).unwrap();
        PKey::from_rsa(Rsa::from_public_components(modulus, exponent).unwrap()).unwrap()
    }

    fn ec(curve: Nid) -> PKey<Private> {
        let group = EcGroup::from_curve_name(curve).unwrap();
        PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
    }

    #[test]
    fn the_digest_is_as_strong_as_the_key() {
        for (bits, wanted) in [
            (1024, None),
            (2047, None),
            (2048, Some(RSA_SHA256)),
            (7679, Some(RSA_SHA256)),
            (7680, Some(RSA_SHA384)),
            (15359, Some(RSA_SHA384)),
            (15360, Some(RSA_SHA512)),
            (16384, Some(RSA_SHA512)),
        ] {
            assert_eq!(der(&rsa(bits)), wanted, "{bits}");
        }
        for (curve, wanted) in [
            (Nid::X9_62_PRIME256V1, Some(ECDSA_SHA256)),
            (Nid::SECP384R1, Some(ECDSA_SHA384)),
            (Nid::SECP521R1, Some(ECDSA_SHA512)),
            (Nid::SECP256K1, None),
        ] {
            assert_eq!(der(&ec(curve)), wanted, "{curve:?}");
        }
        assert_eq!(der(&PKey::generate_ed25519().unwrap()), Some(ED25519));
        assert_eq!(der(&PKey::generate_ed448().unwrap()), None);
        assert_eq!(der(&PKey::generate_x25519().unwrap()), None);
    }

    #[test]
    fn openssls_builder_is_told_the_digest() {
        let digest = |key: &PKey<Private>| {
            let algorithm = SignatureAlgorithm::for_key(key).unwrap();
            algorithm.digest().map(|digest| digest.type_())
        };
        assert_eq!(digest(&ec(Nid::X9_62_PRIME256V1)), Some(Nid::SHA256));
        assert_eq!(digest(&ec(Nid::SECP521R1)), Some(Nid::SHA512));
        assert_eq!(digest(&PKey::generate_ed25519().unwrap()), None);
    }
}
