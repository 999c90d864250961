//! The profile: the operator's defaults for every certificate, which hooks may change.

use std::time::Duration;

use super::draft::usages::{ExtendedKeyUsages, KeyUsage, KeyUsages};
use super::validity::Validity;
use crate::request::KeyKind;

/// The operator's defaults for every certificate.
///
/// ```
/// use sapi::Profile;
///
/// let profile = Profile::default().with_crl_urls(["http://ca.example.com/ca.crl"]);
/// ```
#[derive(Clone, Debug)]
pub struct Profile {
    pub(crate) backdate: Duration,
    pub(crate) max_validity: Option<Validity>,
    pub(crate) crl_urls: Vec<String>,
    pub(crate) ocsp_urls: Vec<String>,
    pub(crate) ca_issuer_urls: Vec<String>,
}

impl Default for Profile {
    /// Valid from five minutes back, for clients with slow clocks; without URLs.
    fn default() -> Self {
        Self {
            backdate: Duration::from_secs(300),
            max_validity: None,
            crl_urls: Vec::new(),
            ocsp_urls: Vec::new(),
            ca_issuer_urls: Vec::new(),
        }
    }
}

impl Profile {
    /// Sets how far before the present a certificate becomes valid; at most a day.
    ///
    /// ```
    /// use std::time::Duration;
    /// let profile = sapi::Profile::default().with_backdate(Duration::ZERO);
    /// ```
    #[must_use]
    pub fn with_backdate(mut self, backdate: Duration) -> Self {
        self.backdate = backdate.min(Duration::from_secs(86_400));
        self
    }

    /// Sets the longest validity of any certificate, whatever the hooks grant.
    ///
    /// ```
    /// let profile = sapi::Profile::default().with_max_validity(sapi::Validity::days(90));
    /// ```
    #[must_use]
    pub fn with_max_validity(mut self, longest: Validity) -> Self {
        self.max_validity = Some(longest);
        self
    }

    /// Sets the URLs of the CRL (RFC 5280 section 4.2.1.13).
    ///
    /// ```
    /// let profile = sapi::Profile::default().with_crl_urls(["http://ca.example.com/ca.crl"]);
    /// ```
    #[must_use]
    pub fn with_crl_urls<S: Into<String>>(mut self, urls: impl IntoIterator<Item = S>) -> Self {
        self.crl_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the URLs of OCSP responders (RFC 5280 section 4.2.2.1).
    ///
    /// ```
    /// let profile = sapi::Profile::default().with_ocsp_urls(["http://ocsp.example.com"]);
    /// ```
    #[must_use]
    pub fn with_ocsp_urls<S: Into<String>>(mut self, urls: impl IntoIterator<Item = S>) -> Self {
        self.ocsp_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the URLs of the CA certificate (RFC 5280 section 4.2.2.1, caIssuers).
    ///
    /// ```
    /// let profile = sapi::Profile::default().with_ca_issuer_urls(["http://ca.example.com/ca.cer"]);
    /// ```
    #[must_use]
    pub fn with_ca_issuer_urls<S: Into<String>>(
        mut self,
        urls: impl IntoIterator<Item = S>,
    ) -> Self {
        self.ca_issuer_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// digitalSignature. RSA also gets keyEncipherment, because TLS 1.2 may use RSA to transport keys.
    pub(crate) fn key_usages(key: KeyKind) -> KeyUsages {
        let mut usages = KeyUsages::from([KeyUsage::DigitalSignature]);
        if key.is_rsa() {
            usages.insert(KeyUsage::KeyEncipherment);
        }
        usages
    }

    pub(crate) fn extended_key_usages() -> ExtendedKeyUsages {
        let mut usages = ExtendedKeyUsages::default();
        usages.insert(ExtendedKeyUsages::SERVER_AUTH);
        usages.insert(ExtendedKeyUsages::CLIENT_AUTH);
        usages
    }
}
