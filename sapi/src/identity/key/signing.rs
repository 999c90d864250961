//! The signing key: which private keys a CA may sign with.

use openssl::nid::Nid;
use openssl::pkey::{Id, KeyType, PKeyRef, Private};

use super::private::PrivateKeyError;

/// Checks that a CA may sign with this key.
///
/// # Errors
/// When the key is not RSA of 2048 to 16384 bits, EC on the named curve P-256, P-384 or P-521, Ed25519, or
/// ML-DSA (if OpenSSL has it).
pub(crate) fn check(key: &PKeyRef<Private>) -> Result<(), PrivateKeyError> {
    match key.id() {
        Id::RSA if (2048..=16_384).contains(&key.bits()) => Ok(()),
        Id::RSA => Err(PrivateKeyError::Unacceptable(format!(
            "RSA of {} bits",
            key.bits()
        ))),
        Id::EC => curve(key),
        Id::ED25519 => Ok(()),
        _ if ml_dsa(key) => Ok(()),
        other => {
            let name = Nid::from_raw(other.as_raw())
                .short_name()
                .unwrap_or("unknown");
            Err(PrivateKeyError::Unacceptable(name.to_owned()))
        }
    }
}

fn curve(key: &PKeyRef<Private>) -> Result<(), PrivateKeyError> {
    let refuse = |what: String| Err(PrivateKeyError::Unacceptable(what));
    // OpenSSL names a known curve even if the key spells its parameters out. RFC 5480 section 2.1.1 forbids
    // that in certificates. Spelled out, they take hundreds of bytes.
    let spelled_out = key
        .public_key_to_der()
        .map_or(true, |der| der.len() > P521_NAMED);
    match key.ec_key().ok().and_then(|key| key.group().curve_name()) {
        _ if spelled_out => refuse("EC on an unnamed curve".to_owned()),
        Some(Nid::X9_62_PRIME256V1 | Nid::SECP384R1 | Nid::SECP521R1) => Ok(()),
        Some(other) => {
            let name = other.short_name().unwrap_or("unknown");
            refuse(format!("EC on the curve {name}"))
        }
        None => refuse("EC on an unnamed curve".to_owned()),
    }
}

fn ml_dsa(key: &PKeyRef<Private>) -> bool {
    [KeyType::ML_DSA_44, KeyType::ML_DSA_65, KeyType::ML_DSA_87]
        .into_iter()
        .any(|kind| key.is_a(kind))
}

/// The length of a public key on P-521, the largest curve, in DER.
const P521_NAMED: usize = 158;

#[cfg(test)]
mod tests {
    use openssl::pkey::PKey;

    use super::*;
    use crate::request::KeyKind;

    #[test]
    fn weak_and_foreign_kinds_are_refused() {
        use openssl::{ec, rsa};
        let small = PKey::from_rsa(rsa::Rsa::generate(1024).unwrap()).unwrap();
        assert!(
            check(&small)
                .unwrap_err()
                .to_string()
                .contains("RSA of 1024 bits")
        );
        let curve = ec::EcGroup::from_curve_name(Nid::SECP256K1).unwrap();
        let foreign = PKey::from_ec_key(ec::EcKey::generate(&curve).unwrap()).unwrap();
        assert!(
            check(&foreign)
                .unwrap_err()
                .to_string()
                .contains("secp256k1")
        );
        let exchange = PKey::generate_x25519().unwrap();
        assert!(check(&exchange).unwrap_err().to_string().contains("X25519"));
        let other = PKey::generate_ed448().unwrap();
        assert!(check(&other).unwrap_err().to_string().contains("ED448"));
        for kind in [KeyKind::Rsa { bits: 2048 }, KeyKind::P384, KeyKind::Ed25519] {
            assert!(check(&kind.generate().unwrap()).is_ok());
        }
    }
}
