//! Private keys for the clients and CAs of tests.

use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;

/// A private key for a test. Every call makes a new one.
///
/// ```
/// use sapi::testing::TestKey;
///
/// assert_ne!(TestKey::p256().spki(), TestKey::p256().spki());
/// ```
#[derive(Clone, Debug)]
pub struct TestKey(PKey<Private>);

impl TestKey {
    /// A key on NIST P-256: the quickest to make and to sign with.
    ///
    /// ```
    /// assert_eq!(sapi::testing::TestKey::p256().private_key().bits(), 256);
    /// ```
    #[must_use]
    pub fn p256() -> Self {
        Self::on_curve(Nid::X9_62_PRIME256V1)
    }

    /// A key on NIST P-384.
    ///
    /// ```
    /// assert_eq!(sapi::testing::TestKey::p384().private_key().bits(), 384);
    /// ```
    #[must_use]
    pub fn p384() -> Self {
        Self::on_curve(Nid::SECP384R1)
    }

    /// A key on NIST P-521.
    ///
    /// ```
    /// assert_eq!(sapi::testing::TestKey::p521().private_key().bits(), 521);
    /// ```
    #[must_use]
    pub fn p521() -> Self {
        Self::on_curve(Nid::SECP521R1)
    }

    /// An Ed25519 key.
    ///
    /// ```
    /// assert_eq!(sapi::testing::TestKey::ed25519().spki().len(), 44);
    /// ```
    #[must_use]
    pub fn ed25519() -> Self {
        Self(PKey::generate_ed25519().expect("OpenSSL makes Ed25519 keys"))
    }

    /// An RSA key with this number of bits and the exponent 65537. From 3072 bits on this takes a while.
    ///
    /// ```
    /// assert_eq!(sapi::testing::TestKey::rsa(2048).private_key().bits(), 2048);
    /// ```
    #[must_use]
    pub fn rsa(bits: u32) -> Self {
        let key = Rsa::generate(bits).expect("OpenSSL makes RSA keys of this size");
        Self(PKey::from_rsa(key).expect("an RSA key is a key"))
    }

    /// A key on any curve that OpenSSL knows, including curves that no CA should accept.
    ///
    /// ```
    /// use openssl::nid::Nid;
    /// assert_eq!(sapi::testing::TestKey::on_curve(Nid::SECP256K1).private_key().bits(), 256);
    /// ```
    #[must_use]
    pub fn on_curve(curve: Nid) -> Self {
        let group = EcGroup::from_curve_name(curve).expect("OpenSSL knows the curve");
        let key = EcKey::generate(&group).expect("OpenSSL makes keys on this curve");
        Self(PKey::from_ec_key(key).expect("an EC key is a key"))
    }

    /// The key as a type of OpenSSL.
    ///
    /// ```
    /// let pem = sapi::testing::TestKey::p256().private_key().private_key_to_pem_pkcs8();
    /// assert!(pem.is_ok());
    /// ```
    #[must_use]
    pub fn private_key(&self) -> &PKey<Private> {
        &self.0
    }

    /// The SubjectPublicKeyInfo in DER.
    ///
    /// ```
    /// assert_eq!(sapi::testing::TestKey::p256().spki().first(), Some(&0x30));
    /// ```
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        self.0
            .public_key_to_der()
            .expect("OpenSSL writes what it made")
    }

    pub(super) fn id(&self) -> Id {
        self.0.id()
    }
}

/// Takes a key from elsewhere, for example from a file, or a weak one made on purpose.
///
/// ```
/// use openssl::pkey::PKey;
/// let key = sapi::testing::TestKey::from(PKey::generate_ed25519()?);
/// # Ok::<(), openssl::error::ErrorStack>(())
/// ```
impl From<PKey<Private>> for TestKey {
    fn from(key: PKey<Private>) -> Self {
        Self(key)
    }
}
