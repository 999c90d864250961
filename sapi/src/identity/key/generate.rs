//! New keys.

use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

use crate::request::KeyKind;

impl KeyKind {
    /// Makes a key. An RSA key of 4096 bits takes seconds.
    ///
    /// # Errors
    ///
    /// OpenSSL's error. It has no words for ML-DSA, whose keys only OpenSSL's own program makes.
    ///
    /// ```
    /// let key = sapi::KeyKind::P256.generate()?;
    /// assert_eq!(key.bits(), 256);
    /// # Ok::<(), openssl::error::ErrorStack>(())
    /// ```
    pub fn generate(self) -> Result<PKey<Private>, ErrorStack> {
        match self {
            Self::Rsa { bits } => PKey::from_rsa(Rsa::generate(bits)?),
            Self::P256 => ec(Nid::X9_62_PRIME256V1),
            Self::P384 => ec(Nid::SECP384R1),
            Self::P521 => ec(Nid::SECP521R1),
            Self::Ed25519 => PKey::generate_ed25519(),
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => Err(ErrorStack::get()),
        }
    }
}

fn ec(curve: Nid) -> Result<PKey<Private>, ErrorStack> {
    let curve = EcGroup::from_curve_name(curve)?;
    PKey::from_ec_key(EcKey::generate(&curve)?)
}
