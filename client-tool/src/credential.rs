//! A credential: a private key, its certificate, and the certificates above it.

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use sapi::AltName;
use zeroize::Zeroizing;

use crate::pem::{self, PemError};
use crate::time::system_time;

/// A key, its certificate and the chain: what a machine needs to prove its identity.
///
/// ```
/// # fn f(pem: &[u8]) -> Result<(), sapi_client::PemError> {
/// let credential = sapi_client::Credential::from_pem(pem)?;
/// let _ = (credential.key_pem(), credential.fullchain_pem());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Credential {
    key: PKey<Private>,
    certificate: X509,
    chain: Vec<X509>,
    not_before: SystemTime,
    not_after: SystemTime,
}

impl Credential {
    pub(crate) fn new(
        key: PKey<Private>,
        certificate: X509,
        chain: Vec<X509>,
    ) -> Result<Self, PemError> {
        if !certificate
            .public_key()
            .is_ok_and(|public| public.public_eq(&key))
        {
            return Err(PemError("the certificate is for another key"));
        }
        let undated = |_| PemError("the certificate has no proper dates");
        Ok(Self {
            not_before: system_time(certificate.not_before()).map_err(undated)?,
            not_after: system_time(certificate.not_after()).map_err(undated)?,
            key,
            certificate,
            chain,
        })
    }

    /// Reads a key, a certificate and the certificates above it. The key may be anywhere; the certificates
    /// come in this order.
    ///
    /// # Errors
    /// [`PemError`] when key or certificate is missing or malformed, or the certificate is for another key.
    ///
    /// ```
    /// assert!(sapi_client::Credential::from_pem(b"").is_err());
    /// ```
    pub fn from_pem(bytes: &[u8]) -> Result<Self, PemError> {
        let mut certificates = certificates(bytes)?;
        if certificates.is_empty() {
            return Err(PemError("there is no certificate"));
        }
        let certificate = certificates.remove(0);
        Self::new(private_key(bytes)?, certificate, certificates)
    }

    /// The key as PKCS #8, not encrypted. Keep it where only its owner can read it.
    ///
    /// ```
    /// # fn f(credential: sapi_client::Credential) {
    /// assert!(credential.key_pem().starts_with(b"-----BEGIN PRIVATE KEY-----"));
    /// # }
    /// ```
    #[must_use]
    pub fn key_pem(&self) -> Zeroizing<Vec<u8>> {
        key_pem(&self.key)
    }

    /// The certificate alone.
    ///
    /// ```
    /// # fn f(credential: sapi_client::Credential) {
    /// assert!(credential.certificate_pem().starts_with(b"-----BEGIN CERTIFICATE-----"));
    /// # }
    /// ```
    #[must_use]
    pub fn certificate_pem(&self) -> Vec<u8> {
        certificate_pem(&self.certificate)
    }

    /// The certificates above it, nearest first.
    ///
    /// ```
    /// # fn f(credential: sapi_client::Credential) {
    /// let _ = credential.chain_pem();
    /// # }
    /// ```
    #[must_use]
    pub fn chain_pem(&self) -> Vec<u8> {
        self.chain.iter().flat_map(certificate_pem).collect()
    }

    /// The certificate and the certificates above it, as TLS servers want them.
    ///
    /// ```
    /// # fn f(credential: sapi_client::Credential) {
    /// assert!(credential.fullchain_pem().starts_with(&credential.certificate_pem()));
    /// # }
    /// ```
    #[must_use]
    pub fn fullchain_pem(&self) -> Vec<u8> {
        [self.certificate_pem(), self.chain_pem()].concat()
    }

    /// The key and the full chain in one text, as some programs want them.
    ///
    /// ```
    /// # fn f(credential: sapi_client::Credential) {
    /// assert!(credential.combined_pem().starts_with(&credential.key_pem()));
    /// # }
    /// ```
    #[must_use]
    pub fn combined_pem(&self) -> Zeroizing<Vec<u8>> {
        let mut pem = self.key_pem();
        pem.extend_from_slice(&self.fullchain_pem());
        pem
    }

    /// When the certificate begins.
    ///
    /// ```
    /// # fn f(credential: sapi_client::Credential) {
    /// assert!(credential.not_before() < credential.not_after());
    /// # }
    /// ```
    #[must_use]
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// When the certificate ends.
    ///
    /// ```
    /// # fn f(credential: sapi_client::Credential) {
    /// let _ = credential.not_after();
    /// # }
    /// ```
    #[must_use]
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// When to renew: when less than `before` is left; without `before`, less than a third of the lifetime.
    ///
    /// ```
    /// # fn f(credential: sapi_client::Credential) {
    /// assert!(credential.renew_at(None) < credential.not_after());
    /// # }
    /// ```
    #[must_use]
    pub fn renew_at(&self, before: Option<Duration>) -> SystemTime {
        let lifetime = self.not_after.duration_since(self.not_before);
        let left = before.unwrap_or(lifetime.unwrap_or_default() / 3);
        self.not_after.checked_sub(left).unwrap_or(self.not_before)
    }

    pub(crate) fn key(&self) -> &PKey<Private> {
        &self.key
    }

    pub(crate) fn certificate(&self) -> &X509 {
        &self.certificate
    }

    pub(crate) fn chain(&self) -> &[X509] {
        &self.chain
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

/// The certificates in PEM, in their order.
pub(crate) fn certificates(bytes: &[u8]) -> Result<Vec<X509>, PemError> {
    let blocks = pem::blocks(bytes)?;
    let certificates = blocks.iter().filter(|block| block.label == CERTIFICATE);
    certificates
        .map(|block| X509::from_der(&block.der).map_err(|_| PemError("a certificate is malformed")))
        .collect()
}

/// The one private key in PEM.
pub(crate) fn private_key(bytes: &[u8]) -> Result<PKey<Private>, PemError> {
    let blocks = pem::blocks(bytes)?;
    let mut keys = blocks
        .iter()
        .filter(|block| block.label.ends_with("PRIVATE KEY"));
    match (keys.next(), keys.next()) {
        (Some(key), None) => PKey::private_key_from_der(&key.der)
            .map_err(|_| PemError("the private key is malformed")),
        (None, _) => Err(PemError("there is no private key")),
        _ => Err(PemError("there is more than one private key")),
    }
}

pub(crate) fn key_pem(key: &PKey<Private>) -> Zeroizing<Vec<u8>> {
    // OpenSSL can write every key that it has made or read: the default is never used.
    let der = Zeroizing::new(key.private_key_to_pkcs8().unwrap_or_default());
    Zeroizing::new(pem::write("PRIVATE KEY", &der).as_bytes().to_vec())
}

fn certificate_pem(certificate: &X509) -> Vec<u8> {
    let der = certificate.to_der().unwrap_or_default();
    pem::write(CERTIFICATE, &der).as_bytes().to_vec()
}

/// The certificate's alternative names of the kinds that a request can ask for.
pub(crate) fn names(certificate: &X509) -> Vec<AltName> {
    let names = certificate.subject_alt_names();
    let name = |name: &openssl::x509::GeneralNameRef| {
        let text = |text: Option<&str>| text.map(str::to_owned);
        text(name.dnsname())
            .map(AltName::Dns)
            .or_else(|| text(name.email()).map(AltName::Email))
            .or_else(|| text(name.uri()).map(AltName::Uri))
            .or_else(|| name.ipaddress().and_then(address).map(AltName::Ip))
    };
    names.iter().flatten().filter_map(name).collect()
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    match octets.len() {
        4 => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
        _ => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
    }
}

const CERTIFICATE: &str = "CERTIFICATE";
