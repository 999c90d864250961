//! A draft: a certificate about to be signed, as data that hooks can read, compare and change.

mod additions;
pub(crate) mod extension;
mod text;

use std::time::SystemTime;

use der::asn1::ObjectIdentifier;

use self::extension::Extension;
use super::extended_key_usage::ExtendedKeyUsages;
use super::issuer::Issuer;
use super::key_usage::KeyUsages;
use super::profile::Profile;
use super::serial::SerialNumber;
use super::validity::Validity;
use crate::encoding::time::whole_seconds;
use crate::request::{AltName, CertRequest, DistinguishedName};

/// A certificate that is complete except for its signature.
///
/// The public key, the issuer, `CA:FALSE`, both key identifiers and the signature algorithm are not
/// in it: no hook can change them.
///
/// ```no_run
/// # fn presign(draft: &mut sapi::DraftCertificate) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// draft.add_crl_url("http://ca.example.com/ca.crl")?;
/// draft.names_mut().retain(|name| matches!(name, sapi::AltName::Dns(_)));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DraftCertificate {
    pub(crate) serial: SerialNumber,
    pub(crate) subject: DistinguishedName,
    pub(crate) names: Vec<AltName>,
    pub(crate) not_before: SystemTime,
    pub(crate) not_after: SystemTime,
    pub(crate) key_usages: KeyUsages,
    pub(crate) extended_key_usages: ExtendedKeyUsages,
    pub(crate) crl_urls: Vec<String>,
    pub(crate) ocsp_urls: Vec<String>,
    pub(crate) ca_issuer_urls: Vec<String>,
    pub(crate) policies: Vec<ObjectIdentifier>,
    pub(crate) extensions: Vec<Extension>,
}

impl DraftCertificate {
    /// Makes a draft from a request, the profile and a grant.
    pub(crate) fn new(
        csr: &CertRequest,
        issuer: &Issuer,
        profile: &Profile,
        serial: SerialNumber,
        granted: (Validity, Vec<AltName>),
        now: SystemTime,
    ) -> Self {
        let (validity, names) = granted;
        let now = whole_seconds(now);
        let begin = whole_seconds(now.checked_sub(profile.backdate).unwrap_or(now));
        let validity = profile
            .max_validity
            .map_or(validity, |longest| longest.min(validity));
        let end = now
            .checked_add(validity.duration())
            .unwrap_or(issuer.not_after());
        Self {
            serial,
            subject: csr.subject().clone(),
            names,
            not_before: begin.max(issuer.not_before()),
            not_after: end.min(issuer.not_after()),
            key_usages: Profile::key_usages(csr.key_kind()),
            extended_key_usages: Profile::extended_key_usages(),
            crl_urls: profile.crl_urls.clone(),
            ocsp_urls: profile.ocsp_urls.clone(),
            ca_issuer_urls: profile.ca_issuer_urls.clone(),
            policies: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// The serial number. It is final, so a hook may record it before the certificate is signed.
    ///
    /// ```no_run
    /// # fn f(draft: &sapi::DraftCertificate) { println!("{}", draft.serial()); }
    /// ```
    #[must_use]
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// The subject.
    ///
    /// ```no_run
    /// # fn f(draft: &sapi::DraftCertificate) { println!("{}", draft.subject()); }
    /// ```
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// Replaces the requested subject.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate) -> Result<(), sapi::SubjectError> {
    /// draft.set_subject(sapi::DistinguishedName::from_fields([("CN", "web01")])?);
    /// # Ok(()) }
    /// ```
    pub fn set_subject(&mut self, subject: DistinguishedName) {
        self.subject = subject;
    }

    /// The alternative names.
    ///
    /// ```no_run
    /// # fn f(draft: &sapi::DraftCertificate) { assert!(draft.names().len() <= 100); }
    /// ```
    #[must_use]
    pub fn names(&self) -> &[AltName] {
        &self.names
    }

    /// The alternative names, for changes. Each is checked again before signing.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate) { draft.names_mut().clear(); }
    /// ```
    pub fn names_mut(&mut self) -> &mut Vec<AltName> {
        &mut self.names
    }

    /// When the certificate becomes valid.
    ///
    /// ```no_run
    /// # fn f(draft: &sapi::DraftCertificate) { assert!(draft.not_before() < draft.not_after()); }
    /// ```
    #[must_use]
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// The last second of the certificate.
    ///
    /// ```no_run
    /// # fn f(draft: &sapi::DraftCertificate) { let until = draft.not_after(); }
    /// ```
    #[must_use]
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// Makes the certificate end earlier. A later time changes nothing.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate, contract_ends: std::time::SystemTime) {
    /// draft.shorten(contract_ends);
    /// # }
    /// ```
    pub fn shorten(&mut self, not_after: SystemTime) {
        self.not_after = self.not_after.min(whole_seconds(not_after));
    }

    /// The key usages.
    ///
    /// ```no_run
    /// # fn f(draft: &sapi::DraftCertificate) {
    /// assert!(draft.key_usage().contains(sapi::KeyUsage::DigitalSignature));
    /// # }
    /// ```
    #[must_use]
    pub fn key_usage(&self) -> &KeyUsages {
        &self.key_usages
    }

    /// The key usages, for changes.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate) {
    /// draft.key_usage_mut().remove(sapi::KeyUsage::KeyEncipherment);
    /// # }
    /// ```
    pub fn key_usage_mut(&mut self) -> &mut KeyUsages {
        &mut self.key_usages
    }

    /// The extended key usages: client and server authentication, unless changed.
    ///
    /// ```no_run
    /// # fn f(draft: &sapi::DraftCertificate) { let count = draft.extended_usage().iter().count(); }
    /// ```
    #[must_use]
    pub fn extended_usage(&self) -> &ExtendedKeyUsages {
        &self.extended_key_usages
    }

    /// The extended key usages, for changes.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate) {
    /// draft.extended_usage_mut().remove(sapi::ExtendedKeyUsages::SERVER_AUTH);
    /// # }
    /// ```
    pub fn extended_usage_mut(&mut self) -> &mut ExtendedKeyUsages {
        &mut self.extended_key_usages
    }

    /// The extensions added with [`push_extension`](Self::push_extension).
    ///
    /// ```no_run
    /// # fn f(draft: &sapi::DraftCertificate) { assert!(draft.extensions().is_empty()); }
    /// ```
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }
}
