//! Private keys at rest: always locked, whatever the form.

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, PKeyRef, Private};
use openssl::rand::rand_bytes;
use pkcs8::der::pem::PemLabel;
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef, SecretDocument};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::identity::error::{IdentityError, IdentityErrorKind};
use crate::identity::passphrase::Passphrase;

/// Unlocks a PEM key: encrypted PKCS#8, or the older `Proc-Type: 4,ENCRYPTED` forms.
///
/// # Errors
/// When the passphrase is wrong, the key is not locked, or the text does not contain a key.
pub(crate) fn decrypt(
    pem: &[u8],
    passphrase: &Passphrase,
) -> Result<PKey<Private>, PrivateKeyError> {
    let mut asked = false;
    // Without a callback OpenSSL would ask the terminal by itself, and hang there. The callback fills
    // OpenSSL's own buffer, and OpenSSL wipes it. The `_passphrase` variant would make a copy that nobody
    // wipes.
    let unlocked = PKey::private_key_from_pem_callback(pem, |buffer| {
        asked = true;
        let secret = passphrase.as_bytes();
        match buffer.get_mut(..secret.len()) {
            Some(room) => room.copy_from_slice(secret),
            None => return Ok(0),
        }
        Ok(secret.len())
    });
    match unlocked {
        Ok(key) if asked => Ok(key),
        Ok(_) => Err(PrivateKeyError::NotEncrypted),
        Err(errors) if asked && too_costly(&errors) => decrypt_costly(pem, passphrase),
        Err(errors) if asked => Err(PrivateKeyError::locked(&errors)),
        Err(_) => Err(PrivateKeyError::NoKey),
    }
}

/// Refuses a PEM key that is not locked. It does not need the passphrase.
pub(crate) fn check_locked(pem: &[u8]) -> Result<(), PrivateKeyError> {
    let mut asked = false;
    let read = PKey::private_key_from_pem_callback(pem, |_| {
        asked = true;
        Ok(0)
    });
    match read {
        _ if asked => Ok(()),
        Ok(_) => Err(PrivateKeyError::NotEncrypted),
        Err(_) => Err(PrivateKeyError::NoKey),
    }
}

/// OpenSSL gives scrypt 32 MiB at most. Other software locks keys with more.
fn too_costly(errors: &ErrorStack) -> bool {
    let mut reasons = errors
        .errors()
        .iter()
        .filter_map(openssl::error::Error::reason);
    reasons.any(|reason| reason == "memory limit exceeded")
}

fn decrypt_costly(pem: &[u8], passphrase: &Passphrase) -> Result<PKey<Private>, PrivateKeyError> {
    let pem = std::str::from_utf8(pem).map_err(|_| PrivateKeyError::NoKey)?;
    let (_, locked) = SecretDocument::from_pem(pem).map_err(|_| PrivateKeyError::NoKey)?;
    let locked = EncryptedPrivateKeyInfoRef::try_from(locked.as_bytes())
        .map_err(|_| PrivateKeyError::NoKey)?;
    let key = locked
        .decrypt(passphrase.as_bytes())
        .map_err(|_| PrivateKeyError::WrongPassphrase)?;
    PKey::private_key_from_pkcs8(key.as_bytes()).map_err(|_| PrivateKeyError::WrongPassphrase)
}

/// Locks a key as PKCS#8 with scrypt and AES-256-CBC, in PEM.
///
/// # Errors
/// When OpenSSL cannot write the key.
pub(crate) fn encrypt(
    key: &PKeyRef<Private>,
    passphrase: &Passphrase,
) -> Result<Zeroizing<String>, PrivateKeyError> {
    let der = Zeroizing::new(
        key.private_key_to_pkcs8()
            .map_err(PrivateKeyError::OpenSsl)?,
    );
    let mut salt = [0; 16];
    let mut iv = [0; 16];
    rand_bytes(&mut salt).map_err(PrivateKeyError::OpenSsl)?;
    rand_bytes(&mut iv).map_err(PrivateKeyError::OpenSsl)?;
    // N = 2^14, r = 8, p = 5 is as costly to guess as N = 2^17 with p = 1 (OWASP's figures), and takes
    // 16 MiB. OpenSSL's limit is 32 MiB, and N = 2^15 already exceeds it.
    let locked = scrypt::Params::new(14, 8, 5)
        .map_err(|_| PrivateKeyError::Encryption)
        .and_then(|cost| {
            pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv)
                .map_err(|_| PrivateKeyError::Encryption)
        })
        .and_then(|parameters| {
            PrivateKeyInfoRef::try_from(der.as_slice())
                .and_then(|key| key.encrypt_with_params(parameters, passphrase.as_bytes()))
                .map_err(|_| PrivateKeyError::Encryption)
        })?;
    locked
        .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
        .map_err(|_| PrivateKeyError::Encryption)
}

/// What is wrong with a private key.
#[derive(Debug, Error)]
pub(crate) enum PrivateKeyError {
    #[error("wrong passphrase")]
    WrongPassphrase,
    #[error("locked with a cipher that this OpenSSL does not have")]
    UnsupportedCipher(#[source] ErrorStack),
    #[error("the key is not encrypted; lock it with: {LOCK_COMMAND}")]
    NotEncrypted,
    #[error("no private key in PEM")]
    NoKey,
    /// The kind it is.
    #[error(
        "the key is {0}; a CA needs RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519 or ML-DSA"
    )]
    Unacceptable(String),
    #[error("the key could not be encrypted")]
    Encryption,
    #[error("OpenSSL could not handle the key")]
    OpenSsl(#[source] ErrorStack),
}

impl From<PrivateKeyError> for IdentityError {
    fn from(error: PrivateKeyError) -> Self {
        let kind = match error {
            PrivateKeyError::WrongPassphrase => IdentityErrorKind::WrongPassphrase,
            _ => IdentityErrorKind::Unusable,
        };
        Self::new(kind, error)
    }
}

impl PrivateKeyError {
    /// Reads OpenSSL's errors. A cipher that it does not find is an "unsupported" of its envelope library.
    /// Any other error comes from the garbage that a wrong passphrase makes of the bytes.
    fn locked(errors: &ErrorStack) -> Self {
        let unsupported = errors.errors().iter().any(|error| {
            openssl::error::Error::library(error) == Some("digital envelope routines")
                && matches!(
                    error.reason(),
                    Some("unsupported" | "unsupported algorithm" | "unknown cipher")
                )
        });
        if unsupported {
            Self::UnsupportedCipher(errors.clone())
        } else {
            Self::WrongPassphrase
        }
    }
}

/// Locks a plain key in the file it is in; `openssl pkey` alone would use 2048 rounds.
const LOCK_COMMAND: &str = "openssl pkcs8 -topk8 -scrypt -v2 aes-256-cbc -in ca.private_key.pem \
     -out ca.locked.pem && chmod 640 ca.locked.pem && mv ca.locked.pem ca.private_key.pem";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::KeyKind;

    fn passphrase(text: &[u8]) -> Passphrase {
        Passphrase::new(text.to_vec()).unwrap()
    }

    #[test]
    fn every_length_comes_back() {
        let key = KeyKind::P256.generate().unwrap();
        for length in [1, 1023, 1024] {
            let long = passphrase(&vec![b'x'; length]);
            let pem = encrypt(&key, &long).unwrap();
            assert!(
                decrypt(pem.as_bytes(), &long).unwrap().public_eq(&key),
                "{length}"
            );
        }
    }

    #[test]
    fn what_is_no_locked_key_is_refused() {
        let key = KeyKind::Ed25519.generate().unwrap();
        let locked = encrypt(&key, &passphrase(b"right")).unwrap();
        for wrong in 0..4_u8 {
            let error = decrypt(locked.as_bytes(), &passphrase(&[b'w', wrong])).unwrap_err();
            assert!(
                matches!(error, PrivateKeyError::WrongPassphrase),
                "{error:?}"
            );
        }
        assert!(check_locked(locked.as_bytes()).is_ok());
        let plain = key.private_key_to_pem_pkcs8().unwrap();
        assert!(matches!(
            check_locked(&plain),
            Err(PrivateKeyError::NotEncrypted)
        ));
        assert!(matches!(
            check_locked(b"garbage"),
            Err(PrivateKeyError::NoKey)
        ));
        let error = decrypt(&plain, &passphrase(b"right")).unwrap_err();
        assert!(matches!(error, PrivateKeyError::NotEncrypted));
        let error = decrypt(b"garbage", &passphrase(b"right")).unwrap_err();
        assert!(matches!(error, PrivateKeyError::NoKey));
    }

    #[test]
    fn more_memory_than_openssl_allows_is_no_obstacle() {
        let key = KeyKind::P256.generate().unwrap();
        let der = key.private_key_to_pkcs8().unwrap();
        let cost = scrypt::Params::new(15, 8, 1).unwrap();
        let parameters =
            pbes2::Parameters::generate_scrypt_aes256cbc(cost, &[7; 16], [7; 16]).unwrap();
        let locked = PrivateKeyInfoRef::try_from(der.as_slice())
            .unwrap()
            .encrypt_with_params(parameters, b"right")
            .unwrap();
        let pem = locked
            .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
            .unwrap();
        assert!(
            decrypt(pem.as_bytes(), &passphrase(b"right"))
                .unwrap()
                .public_eq(&key)
        );
        let error = decrypt(pem.as_bytes(), &passphrase(b"wrong")).unwrap_err();
        assert!(
            matches!(error, PrivateKeyError::WrongPassphrase),
            "{error:?}"
        );
    }
}
