//! The profile: the operator's defaults for every certificate, which hooks may change.

use std::time::Duration;

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use super::extended_key_usage::ExtendedKeyUsages;
use super::key_usage::{KeyUsage, KeyUsages};
use super::validity::Validity;
use crate::encoding::duration;
use crate::encoding::list::list;
use crate::request::{AltName, KeyKind};

/// The operator's defaults for every certificate.
///
/// ```
/// use sapi::Profile;
///
/// let profile = Profile::default().with_crl_urls(["http://ca.example.com/ca.crl"]);
/// ```
///
/// With serde it is the table `[certificate]` of the settings. A list may also be one text with commas.
///
/// ```
/// let table = r#"{"backdate": "1m", "max_validity": "90d", "crl_urls": ["http://a.example/crl"]}"#;
/// let profile: sapi::Profile = serde_json::from_str(table)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    #[serde(serialize_with = "duration::serialize", deserialize_with = "backdate")]
    pub(crate) backdate: Duration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_validity: Option<Validity>,
    #[serde(deserialize_with = "urls")]
    pub(crate) crl_urls: Vec<String>,
    #[serde(deserialize_with = "urls")]
    pub(crate) ocsp_urls: Vec<String>,
    #[serde(deserialize_with = "urls")]
    pub(crate) ca_issuer_urls: Vec<String>,
}

fn backdate<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    Ok(duration::setting_or_zero::deserialize(from)?.min(LONGEST_BACKDATE))
}

fn urls<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let urls = list(from)?;
    for url in &urls {
        let name = AltName::Uri(url.clone());
        name.check().map_err(D::Error::custom)?;
    }
    Ok(urls)
}

const LONGEST_BACKDATE: Duration = Duration::from_secs(86_400);

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
        self.backdate = backdate.min(LONGEST_BACKDATE);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_settings_is_read_and_written() {
        let read = |json: serde_json::Value| {
            serde_json::from_value::<Profile>(json).map_err(|error| error.to_string())
        };
        let table = serde_json::json!({
            "backdate": "0s", "max_validity": "90d",
            "crl_urls": ["http://a.example/1", "http://a.example/2"],
            "ocsp_urls": [], "ca_issuer_urls": [],
        });
        let profile = read(table.clone()).unwrap();
        assert_eq!(serde_json::to_value(&profile).unwrap(), table);
        let text = serde_json::json!({"crl_urls": "http://a.example/1, http://a.example/2"});
        let from_text = read(text).unwrap();
        assert_eq!(from_text.crl_urls, profile.crl_urls);
        assert_eq!(from_text.backdate, Profile::default().backdate);
        let capped = read(serde_json::json!({"backdate": "2d"})).unwrap();
        assert_eq!(capped.backdate, LONGEST_BACKDATE);
    }

    #[test]
    fn what_is_wrong_in_the_table_is_told() {
        for (key, value, told) in [
            ("backdate", "5", "\"5\" is not a duration such as"),
            ("backdate", "400d", "is longer than a year"),
            ("max_validity", "soon", "\"soon\" is not a validity"),
            ("crl_urls", "a.example", "name \"URI:a.example\""),
            ("backdated", "5m", "unknown field `backdated`"),
        ] {
            let table = serde_json::json!({ key: value });
            let error = serde_json::from_value::<Profile>(table).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}
