//! The key of a rehearsal.

use openssl::ec::EcKey;
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, Private, Public};
use openssl::rsa::Rsa;

use crate::identity::unfit::UnfitIdentity;

/// A new key of the same kind and size as a CA's, so that the same algorithm signs with it.
pub(crate) fn key_like(key: &PKey<Public>) -> Result<ThrowAway, UnfitIdentity> {
    let make = || -> Result<Option<ThrowAway>, ErrorStack> {
        let private = match key.id() {
            Id::RSA => PKey::from_rsa(Rsa::generate(key.bits())?)?,
            Id::EC => PKey::from_ec_key(EcKey::generate(key.ec_key()?.group())?)?,
            Id::ED25519 => PKey::generate_ed25519()?,
            _ => return Ok(None),
        };
        let public = PKey::public_key_from_der(&private.public_key_to_der()?)?;
        Ok(Some((private, public)))
    };
    match make() {
        Ok(Some(pair)) => Ok(pair),
        Ok(None) => Err(UnfitIdentity(
            "a throw-away key of the CA's kind cannot be made here: rehearse with a CA whose key is RSA, P-256, P-384, P-521 or Ed25519".into(),
        )),
        Err(error) => Err(UnfitIdentity(format!("no throw-away key could be made: {error}"))),
    }
}

/// Both halves.
type ThrowAway = (PKey<Private>, PKey<Public>);
