//! The throw-away key that signs in a rehearsal.

use openssl::ec::EcKey;
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, Private, Public};
use openssl::rsa::Rsa;

use crate::identity::unfit::UnfitIdentity;

/// Makes a key of the same kind and size as the CA's, so that the same algorithm signs with it.
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
            "a rehearsal cannot make a throw-away key of the CA's kind: rehearse with a CA whose key is RSA, P-256, P-384, P-521 or Ed25519".into(),
        )),
        Err(error) => Err(UnfitIdentity(format!("the throw-away key could not be made: {error}"))),
    }
}

/// Both halves of the key.
type ThrowAway = (PKey<Private>, PKey<Public>);
