//! Signature schemes: which ones are good enough, and whether a signature is valid.

pub(crate) mod digest;
mod pss;
#[cfg(test)]
mod tests;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519 as ED25519_VERIFIER, VerificationAlgorithm,
};
use der::asn1::{ObjectIdentifier, UintRef};
use der::{AnyRef, Decode, Reader, SliceReader};
use openssl::error::ErrorStack;
use openssl::pkey::{PKeyRef, Public};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};

use self::digest::Digest;
use super::csr_error::CsrFault;
use super::key::kind::KeyKind;
use super::key::public::KeyNumbers;
use crate::encoding::oids::{ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87};

/// A signature scheme that is good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    RsaPkcs1(Digest),
    RsaPss(Digest),
    Ecdsa(Digest),
    Ed25519,
    MlDsa(KeyKind),
}

impl Scheme {
    /// Chooses the scheme an AlgorithmIdentifier names (RFC 4055, RFC 5758, RFC 8410, RFC 9881).
    pub(crate) fn read(
        kind: ObjectIdentifier,
        parameters: Option<AnyRef<'_>>,
    ) -> Result<Self, CsrFault> {
        let scheme = match ALGORITHMS.iter().find(|(known, _)| *known == kind) {
            Some((_, Ok(scheme))) => *scheme,
            Some((_, Err(weakness))) => return Err(weak(*weakness)),
            None if kind == RSA_PSS => {
                let digest = pss::read_digest(parameters).ok_or_else(|| {
                    weak(
                        "has RSASSA-PSS parameters other than one of SHA-256, SHA-384, SHA-512, for the digest and MGF1 alike, with a salt of that length",
                    )
                })?;
                return Ok(Self::RsaPss(digest));
            }
            None => {
                return Err(weak(format!(
                    "{kind} is not known; sign with SHA-256 or better"
                )));
            }
        };
        let fitting = match (scheme, parameters) {
            (_, None) => true,
            // Mbed TLS writes NULL even for ECDSA, though RFC 5758 section 3.2 does not allow it.
            (Self::RsaPkcs1(_) | Self::Ecdsa(_), Some(any)) => any.is_null(),
            _ => false,
        };
        if fitting {
            Ok(scheme)
        } else {
            Err(weak("has parameters that its scheme does not allow"))
        }
    }

    /// Verifies `signature` over `message`. `key` is the key that OpenSSL has made of the same numbers.
    pub(crate) fn verify(
        self,
        numbers: &KeyNumbers<'_>,
        key: &PKeyRef<Public>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CsrFault> {
        let aws_lc = |algorithm: &'static dyn VerificationAlgorithm, key: &[u8]| {
            algorithm.verify_sig(key, message, signature).is_ok()
        };
        let verified = match (self, numbers) {
            // AWS-LC takes 84 % of OpenSSL's time on P-256, a third of it on other curves.
            (Self::Ecdsa(digest), KeyNumbers::Ec { curve, point }) => {
                is_ecdsa_value(signature) && aws_lc(ecdsa(*curve, digest), point)
            }
            (Self::Ed25519, KeyNumbers::Ed25519(key)) => aws_lc(&ED25519_VERIFIER, key),
            (Self::RsaPkcs1(_) | Self::RsaPss(_), KeyNumbers::Rsa { .. }) => {
                self.holds(key, message, signature).unwrap_or(false)
            }
            (Self::MlDsa(signer), KeyNumbers::MlDsa { kind, .. }) if signer == *kind => {
                self.holds(key, message, signature).unwrap_or(false)
            }
            _ => false,
        };
        // Whatever the library's reason is, the client learns that the signature is not valid.
        if verified {
            Ok(())
        } else {
            Err(CsrFault::BadSignature)
        }
    }

    /// Whether the signature is valid by OpenSSL, for a key of the scheme's kind.
    pub(crate) fn holds(
        self,
        key: &PKeyRef<Public>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, ErrorStack> {
        match self {
            Self::RsaPkcs1(digest) => rsa_pkcs1_holds(digest, key, message, signature),
            Self::RsaPss(digest) => {
                let mut verifier = Verifier::new(digest.message_digest(), key)?;
                verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
                verifier.set_rsa_mgf1_md(digest.message_digest())?;
                verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
                verifier.verify_oneshot(signature, message)
            }
            Self::Ecdsa(digest) => {
                Verifier::new(digest.message_digest(), key)?.verify_oneshot(signature, message)
            }
            Self::Ed25519 | Self::MlDsa(_) => {
                Verifier::new_without_digest(key)?.verify_oneshot(signature, message)
            }
        }
    }
}

/// AWS-LC's name of ECDSA on a curve.
fn ecdsa(curve: KeyKind, digest: Digest) -> &'static dyn VerificationAlgorithm {
    match (curve, digest) {
        (KeyKind::P384, Digest::Sha256) => &ECDSA_P384_SHA256_ASN1,
        (KeyKind::P384, Digest::Sha384) => &ECDSA_P384_SHA384_ASN1,
        (KeyKind::P384, Digest::Sha512) => &ECDSA_P384_SHA512_ASN1,
        (KeyKind::P521, Digest::Sha256) => &ECDSA_P521_SHA256_ASN1,
        (KeyKind::P521, Digest::Sha384) => &ECDSA_P521_SHA384_ASN1,
        (KeyKind::P521, Digest::Sha512) => &ECDSA_P521_SHA512_ASN1,
        (_, Digest::Sha256) => &ECDSA_P256_SHA256_ASN1,
        (_, Digest::Sha384) => &ECDSA_P256_SHA384_ASN1,
        (_, Digest::Sha512) => &ECDSA_P256_SHA512_ASN1,
    }
}

/// Compares encodings (RFC 8017 section 8.2.2): the signature must contain the whole DigestInfo, octet
/// for octet. No parser reads it, so a forgery cannot exploit a lenient parser.
fn rsa_pkcs1_holds(
    digest: Digest,
    key: &PKeyRef<Public>,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, ErrorStack> {
    let rsa = key.rsa()?;
    let size = usize::try_from(rsa.size()).unwrap_or(0);
    if signature.len() != size {
        return Ok(false);
    }
    let mut held = vec![0; size];
    let length = rsa.public_decrypt(signature, &mut held, Padding::PKCS1)?;
    let wanted = [digest.info_prefix(), digest.of(message).as_slice()].concat();
    Ok(held.get(..length) == Some(wanted.as_slice()))
}

/// `Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` in DER, both positive (RFC 3279 section 2.2.3).
fn is_ecdsa_value(signature: &[u8]) -> bool {
    let read = || -> Result<bool, der::Error> {
        let mut reader = SliceReader::new(signature)?;
        let positive = reader.sequence(|value| {
            let (r, s) = (UintRef::decode(value)?, UintRef::decode(value)?);
            Ok::<_, der::Error>([r, s].iter().all(|n| n.as_bytes() != [0]))
        })?;
        reader.finish()?;
        Ok(positive)
    };
    read().unwrap_or(false)
}

fn weak(reason: impl Into<String>) -> CsrFault {
    CsrFault::WeakSignature {
        reason: reason.into(),
    }
}

type Known = (ObjectIdentifier, Result<Scheme, &'static str>);

const fn known(dotted: &str, scheme: Result<Scheme, &'static str>) -> Known {
    (ObjectIdentifier::new_unwrap(dotted), scheme)
}

const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

const ALGORITHMS: [Known; 19] = [
    known(
        "1.2.840.113549.1.1.11",
        Ok(Scheme::RsaPkcs1(Digest::Sha256)),
    ),
    known(
        "1.2.840.113549.1.1.12",
        Ok(Scheme::RsaPkcs1(Digest::Sha384)),
    ),
    known(
        "1.2.840.113549.1.1.13",
        Ok(Scheme::RsaPkcs1(Digest::Sha512)),
    ),
    known("1.2.840.10045.4.3.2", Ok(Scheme::Ecdsa(Digest::Sha256))),
    known("1.2.840.10045.4.3.3", Ok(Scheme::Ecdsa(Digest::Sha384))),
    known("1.2.840.10045.4.3.4", Ok(Scheme::Ecdsa(Digest::Sha512))),
    (ED25519, Ok(Scheme::Ed25519)),
    (ML_DSA_44, Ok(Scheme::MlDsa(KeyKind::MlDsa44))),
    (ML_DSA_65, Ok(Scheme::MlDsa(KeyKind::MlDsa65))),
    (ML_DSA_87, Ok(Scheme::MlDsa(KeyKind::MlDsa87))),
    known(
        "1.2.840.113549.1.1.2",
        Err("MD2 is broken; sign with SHA-256 or better"),
    ),
    known(
        "1.2.840.113549.1.1.3",
        Err("MD4 is broken; sign with SHA-256 or better"),
    ),
    known(
        "1.2.840.113549.1.1.4",
        Err("MD5 is broken; sign with SHA-256 or better"),
    ),
    known(
        "1.2.840.113549.1.1.5",
        Err("SHA-1 is too weak; sign with SHA-256 or better"),
    ),
    known(
        "1.2.840.10045.4.1",
        Err("SHA-1 is too weak; sign with SHA-256 or better"),
    ),
    known(
        "1.2.840.10040.4.3",
        Err("DSA with SHA-1 is too weak; sign with SHA-256 or better"),
    ),
    known(
        "1.2.840.113549.1.1.14",
        Err("SHA-224 is too short; sign with SHA-256 or better"),
    ),
    known(
        "1.2.840.10045.4.3.1",
        Err("SHA-224 is too short; sign with SHA-256 or better"),
    ),
    known(
        "1.3.14.3.2.29",
        Err("SHA-1 is too weak; sign with SHA-256 or better"),
    ),
];
