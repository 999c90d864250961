//! Keys, requests and CAs of every kind that is measured, made on the spot.

use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use openssl::symm::Cipher;
use sapi::CertRequest;
use sapi::testing::{Authority, RequestBuilder, TestKey};

/// A kind of key, of a CA or of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// RSA of 2048 bits.
    Rsa2048,
    /// RSA of 4096 bits.
    Rsa4096,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// Ed25519.
    Ed25519,
}

/// The kinds of key that CAs are measured with.
pub const CA_KINDS: [Kind; 5] = [
    Kind::Rsa2048,
    Kind::Rsa4096,
    Kind::P256,
    Kind::P384,
    Kind::Ed25519,
];

/// The kinds of key that clients are measured with.
pub const CLIENT_KINDS: [Kind; 2] = [Kind::Rsa2048, Kind::P256];

impl Kind {
    /// A new key.
    #[must_use]
    pub fn key(self) -> TestKey {
        match self {
            Self::Rsa2048 => TestKey::rsa(2048),
            Self::Rsa4096 => TestKey::rsa(4096),
            Self::P256 => TestKey::p256(),
            Self::P384 => TestKey::p384(),
            Self::Ed25519 => TestKey::ed25519(),
        }
    }

    /// Reads what `Display` writes, in any case.
    ///
    /// # Panics
    /// For any other word.
    #[must_use]
    pub fn named(word: &str) -> Self {
        CA_KINDS
            .into_iter()
            .find(|kind| kind.to_string().eq_ignore_ascii_case(word))
            .unwrap_or_else(|| panic!("{word:?} is not one of {CA_KINDS:?}"))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa2048 => "RSA-2048",
            Self::Rsa4096 => "RSA-4096",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::Ed25519 => "Ed25519",
        })
    }
}

/// A CA with a key of the given kind.
#[must_use]
pub fn authority(kind: Kind) -> Authority {
    Authority::new().with_key(kind.key())
}

/// Requests as a web server sends them, each with a key of its own, so that caching one gains nothing.
#[must_use]
pub fn requests(kind: Kind, names: usize) -> Vec<CertRequest> {
    let count = if kind == Kind::Rsa2048 { 8 } else { 32 };
    (0..count)
        .map(|number| {
            let named = RequestBuilder::new()
                .key(kind.key())
                .common_name(&format!("web{number:02}.example.com"));
            let all = (0..names).fold(named, |request, name| {
                request.dns(&format!("www{name}.web{number:02}.example.com"))
            });
            all.build()
        })
        .collect()
}

/// Writes a CA as a shell reads it. Its passphrase is cheap to try, so that the benches measure the start
/// and not the derivation of the key.
///
/// # Panics
/// When the folder cannot be written to.
pub fn write_identity(authority: &Authority, folder: &Path) {
    let key = authority.key().private_key();
    let pem = key
        .private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), PASSPHRASE.as_bytes())
        .unwrap();
    let path = folder.join("ca.private_key.pem");
    fs::write(&path, pem).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(folder.join("ca.cert.pem"), authority.pem()).unwrap();
    fs::write(folder.join("passphrase"), PASSPHRASE).unwrap();
}

/// Locks the identities of the benches.
pub const PASSPHRASE: &str = "hush-hush";
