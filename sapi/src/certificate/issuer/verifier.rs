//! The CA's public key, as it verifies what the CA has just signed.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519, ML_DSA_44,
    ML_DSA_65, ML_DSA_87, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, VerificationAlgorithm,
};
use der::asn1::BitStringRef;
use der::{AnyRef, Decode, Reader, SliceReader};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Public};

use super::algorithm::SignatureAlgorithm;
use crate::request::KeyKind;
use crate::request::signature::Scheme;
use crate::request::signature::digest::Digest;

/// AWS-LC verifies what OpenSSL has signed: a wrong signature leaves only if both are wrong in the same way.
pub(crate) struct Verifier {
    algorithm: SignatureAlgorithm,
    key: PKey<Public>,
    /// `None` for a key that AWS-LC does not take, such as RSA of more than 8192 bits. OpenSSL verifies then.
    independent: Option<ParsedPublicKey>,
}

impl Verifier {
    pub(crate) fn new(
        algorithm: SignatureAlgorithm,
        key: PKey<Public>,
    ) -> Result<Self, ErrorStack> {
        let spki = key.public_key_to_der()?;
        let independent = in_aws_lc(algorithm.scheme())
            .and_then(|algorithm| ParsedPublicKey::new(algorithm, spki).ok());
        Ok(Self {
            algorithm,
            key,
            independent,
        })
    }

    /// Whether a signature over a message is this key's.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.independent {
            Some(key) => key.verify_sig(message, signature).is_ok(),
            None => {
                let scheme = self.algorithm.scheme();
                // Whatever OpenSSL's reason is, the signature is not the key's.
                scheme.holds(&self.key, message, signature).unwrap_or(false)
            }
        }
    }

    /// Whether the signature of a certificate in DER is this key's.
    pub(crate) fn verifies_certificate(&self, certificate: &[u8]) -> bool {
        let read = || -> Result<bool, der::Error> {
            let mut reader = SliceReader::new(certificate)?;
            reader.sequence(|fields| {
                let tbs = fields.tlv_bytes()?;
                AnyRef::decode(fields)?;
                let signature = BitStringRef::decode(fields)?;
                Ok(self.verifies(tbs, signature.raw_bytes()))
            })
        };
        read().unwrap_or(false)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

/// AWS-LC's name of a scheme; `None` if a CA does not sign with it.
fn in_aws_lc(scheme: Scheme) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match scheme {
        Scheme::RsaPkcs1(Digest::Sha256) => &RSA_PKCS1_2048_8192_SHA256,
        Scheme::RsaPkcs1(Digest::Sha384) => &RSA_PKCS1_2048_8192_SHA384,
        Scheme::RsaPkcs1(Digest::Sha512) => &RSA_PKCS1_2048_8192_SHA512,
        // A CA's curve has one digest.
        Scheme::Ecdsa(Digest::Sha256) => &ECDSA_P256_SHA256_ASN1,
        Scheme::Ecdsa(Digest::Sha384) => &ECDSA_P384_SHA384_ASN1,
        Scheme::Ecdsa(Digest::Sha512) => &ECDSA_P521_SHA512_ASN1,
        Scheme::Ed25519 => &ED25519,
        Scheme::MlDsa(KeyKind::MlDsa44) => &ML_DSA_44,
        Scheme::MlDsa(KeyKind::MlDsa65) => &ML_DSA_65,
        Scheme::MlDsa(KeyKind::MlDsa87) => &ML_DSA_87,
        Scheme::MlDsa(_) | Scheme::RsaPss(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::signature::{KeyPair, ML_DSA_65_SIGNING, PqdsaKeyPair};
    use openssl::pkey::Private;
    use openssl::rsa::Rsa;
    use openssl::sign::Signer;

    use super::*;
    use crate::testing::Authority;

    fn verifier(key: &PKey<Private>) -> (SignatureAlgorithm, Verifier) {
        let algorithm = SignatureAlgorithm::for_key(key).unwrap();
        let public = PKey::public_key_from_der(&key.public_key_to_der().unwrap()).unwrap();
        (algorithm, Verifier::new(algorithm, public).unwrap())
    }

    #[test]
    fn aws_lc_verifies_what_openssl_signs_and_nothing_else() {
        let rsa = |bits| KeyKind::Rsa { bits };
        for kind in [
            rsa(2048),
            rsa(3072),
            KeyKind::P256,
            KeyKind::P384,
            KeyKind::P521,
            KeyKind::Ed25519,
        ] {
            let key = kind.generate().unwrap();
            let other = verifier(&kind.generate().unwrap()).1;
            let (algorithm, verifier) = verifier(&key);
            assert!(verifier.independent.is_some(), "{kind}");
            for message in [&b""[..], b"message", &[7; 2000]] {
                let mut signature = algorithm.sign(&key, message).unwrap();
                assert!(verifier.verifies(message, &signature), "{kind}");
                assert!(!other.verifies(message, &signature), "{kind}");
                assert!(!verifier.verifies(b"massage", &signature), "{kind}");
                *signature.last_mut().unwrap() ^= 1;
                assert!(!verifier.verifies(message, &signature), "{kind}");
                assert!(!verifier.verifies(message, &[]), "{kind}");
            }
        }
    }

    #[test]
    fn each_digest_of_rsa() {
        let key = KeyKind::Rsa { bits: 2048 }.generate().unwrap();
        let spki = key.public_key_to_der().unwrap();
        let digests = [Digest::Sha256, Digest::Sha384, Digest::Sha512];
        for signed in digests {
            let mut signer = Signer::new(signed.message_digest(), &key).unwrap();
            let signature = signer.sign_oneshot_to_vec(b"message").unwrap();
            for digest in digests {
                let algorithm = in_aws_lc(Scheme::RsaPkcs1(digest)).unwrap();
                let public = ParsedPublicKey::new(algorithm, &spki).unwrap();
                let verifies = public.verify_sig(b"message", &signature).is_ok();
                assert_eq!(verifies, signed == digest, "{signed:?} {digest:?}");
            }
        }
    }

    #[test]
    fn openssl_verifies_where_aws_lc_does_not() {
        // Of an odd exponent AWS-LC takes 33 bits.
        let mut exponent = openssl::bn::BigNum::new().unwrap();
        exponent.set_bit(40).unwrap();
        exponent.add_word(15).unwrap();
        let rsa = Rsa::generate_with_e(2048, &exponent).unwrap();
        let key = PKey::from_rsa(rsa).unwrap();
        let (algorithm, verifier) = verifier(&key);
        assert!(verifier.independent.is_none());
        let signature = algorithm.sign(&key, b"message").unwrap();
        assert!(verifier.verifies(b"message", &signature));
        assert!(!verifier.verifies(b"massage", &signature));
        assert!(!verifier.verifies(b"message", b"signature"));
    }

    #[test]
    fn ml_dsa_is_verified_by_aws_lc_too() {
        let key = PqdsaKeyPair::generate(&ML_DSA_65_SIGNING).unwrap();
        let spki = key.public_key().as_der().unwrap();
        let algorithm = in_aws_lc(Scheme::MlDsa(KeyKind::MlDsa65)).unwrap();
        let public = ParsedPublicKey::new(algorithm, spki.as_ref()).unwrap();
        let mut signature = vec![0; ML_DSA_65_SIGNING.signature_len()];
        key.sign(b"message", &mut signature).unwrap();
        assert!(public.verify_sig(b"message", &signature).is_ok());
        assert!(public.verify_sig(b"massage", &signature).is_err());
    }

    #[test]
    fn a_certificate_is_verified_whole() {
        let ca = Authority::new();
        let mut der = ca.certificate().to_der().unwrap();
        let key = ca.certificate().public_key().unwrap();
        let algorithm = SignatureAlgorithm::for_key(&key).unwrap();
        let verifier = Verifier::new(algorithm, key).unwrap();
        assert!(verifier.verifies_certificate(&der));
        assert!(!verifier.verifies_certificate(b"garbage"));
        der[20] ^= 1;
        assert!(!verifier.verifies_certificate(&der));
    }
}
