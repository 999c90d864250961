//! A public key: read from SubjectPublicKeyInfo, then rebuilt for OpenSSL from its numbers.

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use der::asn1::{BitStringRef, IntRef, ObjectIdentifier};
use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;

use super::ed25519;
use super::error::KeyError;
use super::kind::KeyKind;
use crate::encoding::asn1::{oid_of, read_oid};
use crate::encoding::oids::{
    EC_PUBLIC_KEY, ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87, P256, P384, P521, RSA_ENCRYPTION,
};

/// The numbers of a key, as a SubjectPublicKeyInfo contains them.
#[derive(Debug)]
pub(crate) enum KeyNumbers<'a> {
    Rsa {
        modulus: &'a [u8],
        exponent: &'a [u8],
    },
    Ec {
        curve: KeyKind,
        point: &'a [u8],
    },
    Ed25519(&'a [u8]),
    MlDsa {
        kind: KeyKind,
        spki: &'a [u8],
    },
}

/// Reads `SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }`
/// (RFC 5280 section 4.1.2.7) without doing any arithmetic.
pub(crate) fn read_spki(spki: &[u8]) -> Result<KeyNumbers<'_>, KeyError> {
    let mut reader = SliceReader::new(spki)?;
    let (kind, parameters, key) = reader.sequence(|info| {
        let (kind, parameters) = read_algorithm(info)?;
        Ok::<_, der::Error>((kind, parameters, BitStringRef::decode(info)?))
    })?;
    reader.finish()?;
    let bytes = key
        .as_bytes()
        .ok_or_else(|| malformed("the key does not fill whole octets"))?;
    match kind {
        RSA_ENCRYPTION => read_rsa(parameters, bytes),
        EC_PUBLIC_KEY => read_ec(parameters, bytes),
        ED25519 if parameters.is_some() => Err(KeyError::Unsupported {
            what: "an Ed25519 key with parameters (RFC 8410 does not allow them)".into(),
        }),
        ED25519 => Ok(KeyNumbers::Ed25519(ed25519::check(bytes)?)),
        _ => read_ml_dsa(kind, parameters, bytes, spki),
    }
}

/// `AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }`
pub(crate) fn read_algorithm<'a>(
    reader: &mut SliceReader<'a>,
) -> Result<(ObjectIdentifier, Option<AnyRef<'a>>), der::Error> {
    reader.sequence(|algorithm| {
        let kind = read_oid(algorithm)?;
        let parameters = match algorithm.is_finished() {
            true => None,
            false => Some(AnyRef::decode(algorithm)?),
        };
        Ok((kind, parameters))
    })
}

impl KeyNumbers<'_> {
    pub(crate) fn kind(&self) -> KeyKind {
        match self {
            Self::Rsa { modulus, .. } => KeyKind::Rsa {
                bits: bit_length(modulus),
            },
            Self::Ec { curve, .. } => *curve,
            Self::Ed25519(_) => KeyKind::Ed25519,
            Self::MlDsa { kind, .. } => *kind,
        }
    }

    /// Makes the key that OpenSSL computes with. Only ML-DSA uses OpenSSL's own decoder: on version
    /// 3.0 that decoder costs more than a signature.
    pub(crate) fn build(&self) -> Result<PKey<Public>, KeyError> {
        match self {
            Self::Rsa { modulus, exponent } => {
                let (n, e) = (BigNum::from_slice(modulus)?, BigNum::from_slice(exponent)?);
                Ok(PKey::from_rsa(Rsa::from_public_components(n, e)?)?)
            }
            Self::Ec { curve, point } => build_ec(*curve, point),
            Self::Ed25519(bytes) => Ok(PKey::public_key_from_raw_bytes(bytes, Id::ED25519)?),
            Self::MlDsa { kind, spki } => {
                PKey::public_key_from_der(spki).map_err(|_| KeyError::Unsupported {
                    what: format!("an {kind} key, which this server's OpenSSL does not support"),
                })
            }
        }
    }
}

fn read_rsa<'a>(parameters: Option<AnyRef<'a>>, key: &'a [u8]) -> Result<KeyNumbers<'a>, KeyError> {
    // RFC 3279 section 2.3.1 requires NULL, but some writers leave it out.
    if parameters.is_some_and(|any| any.tag() != Tag::Null) {
        return Err(KeyError::Unsupported {
            what: "an RSA key with parameters other than NULL (RFC 3279)".into(),
        });
    }
    if parameters.is_some_and(|any| !any.value().is_empty()) {
        return Err(malformed("the NULL in its parameters is not empty"));
    }
    let mut reader = SliceReader::new(key)?;
    let (modulus, exponent) = reader.sequence(|numbers| {
        let modulus = read_positive(numbers)?;
        Ok::<_, KeyError>((modulus, read_positive(numbers)?))
    })?;
    reader.finish()?;
    Ok(KeyNumbers::Rsa { modulus, exponent })
}

/// Reads the octets of a positive INTEGER, without the zero octet that keeps it positive.
fn read_positive<'a>(numbers: &mut SliceReader<'a>) -> Result<&'a [u8], KeyError> {
    match IntRef::decode(numbers)?.as_bytes() {
        [0x80..=0xff, ..] => Err(KeyError::Invalid {
            reason: "the modulus or the exponent is negative",
        }),
        octets => Ok(octets.strip_prefix(&[0]).unwrap_or(octets)),
    }
}

fn read_ec<'a>(
    parameters: Option<AnyRef<'a>>,
    point: &'a [u8],
) -> Result<KeyNumbers<'a>, KeyError> {
    let unsupported = |what: &str| KeyError::Unsupported { what: what.into() };
    let parameters = parameters.ok_or_else(|| unsupported("an EC key without a named curve"))?;
    // RFC 5480 section 2.1.1: implicitCurve and specifiedCurve must not be used.
    if parameters.tag() != Tag::ObjectIdentifier {
        return Err(unsupported("an EC key with explicit parameters"));
    }
    let (curve, size) = match oid_of(parameters)? {
        P256 => (KeyKind::P256, 32),
        P384 => (KeyKind::P384, 48),
        P521 => (KeyKind::P521, 66),
        other => return Err(unsupported(&format!("an EC key on the curve {other}"))),
    };
    match point.first() {
        Some(4) if point.len() == 1 + 2 * size => Ok(KeyNumbers::Ec { curve, point }),
        // RFC 5480 section 2.2 lets a CA choose. Widespread verifiers cannot read the short form.
        Some(2 | 3) if point.len() == 1 + size => {
            Err(unsupported("an EC key with a compressed point"))
        }
        Some(6 | 7) if point.len() == 1 + 2 * size => {
            Err(unsupported("an EC key with a hybrid point"))
        }
        Some(0) if point.len() == 1 => Err(KeyError::Invalid {
            reason: "the point is at infinity",
        }),
        _ => Err(KeyError::Invalid {
            reason: "the point has the wrong length for its curve",
        }),
    }
}

fn read_ml_dsa<'a>(
    kind: ObjectIdentifier,
    parameters: Option<AnyRef<'a>>,
    key: &[u8],
    spki: &'a [u8],
) -> Result<KeyNumbers<'a>, KeyError> {
    let Some((_, kind, length)) = ML_DSA.iter().find(|(known, ..)| *known == kind) else {
        let what = format!("a key of the algorithm {kind}");
        return Err(KeyError::Unsupported { what });
    };
    if parameters.is_some() || key.len() != *length {
        return Err(malformed(
            "the ML-DSA key does not have the form of RFC 9881",
        ));
    }
    Ok(KeyNumbers::MlDsa { kind: *kind, spki })
}

fn build_ec(curve: KeyKind, point: &[u8]) -> Result<PKey<Public>, KeyError> {
    let group = group(curve)?;
    let mut context = BigNumContext::new()?;
    // Reading the point checks that it is on the curve. These curves have cofactor 1, so that is enough.
    let point = EcPoint::from_bytes(group, point, &mut context).map_err(|_| KeyError::Invalid {
        reason: "the point is not on its curve",
    })?;
    Ok(PKey::from_ec_key(EcKey::from_public_key(group, &point)?)?)
}

/// The curve's group. It is made once, because that costs more than reading a point.
fn group(curve: KeyKind) -> Result<&'static EcGroup, ErrorStack> {
    static GROUPS: [OnceLock<EcGroup>; 3] = [const { OnceLock::new() }; 3];
    let [p256, p384, p521] = &GROUPS;
    let (slot, nid) = match curve {
        KeyKind::P384 => (p384, Nid::SECP384R1),
        KeyKind::P521 => (p521, Nid::SECP521R1),
        _ => (p256, Nid::X9_62_PRIME256V1),
    };
    match slot.get() {
        Some(group) => Ok(group),
        None => {
            let group = EcGroup::from_curve_name(nid)?;
            Ok(slot.get_or_init(|| group))
        }
    }
}

fn bit_length(number: &[u8]) -> u32 {
    let leading = number.first().map_or(0, |first| first.leading_zeros());
    u32::try_from(number.len()).map_or(u32::MAX, |octets| octets.saturating_mul(8) - leading)
}

fn malformed(reason: &str) -> KeyError {
    KeyError::Malformed {
        reason: reason.into(),
    }
}

/// Identifier, kind and length of the public key in octets (RFC 9881, FIPS 204 table 2).
const ML_DSA: [(ObjectIdentifier, KeyKind, usize); 3] = [
    (ML_DSA_44, KeyKind::MlDsa44, 1312),
    (ML_DSA_65, KeyKind::MlDsa65, 1952),
    (ML_DSA_87, KeyKind::MlDsa87, 2592),
];
