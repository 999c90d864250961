//! What hooks add to a draft: URLs, policies, and extensions of their own.

use der::asn1::ObjectIdentifier;

use super::DraftCertificate;
use super::extension::{Extension, ExtensionError, ExtensionFault, MODELLED, ONLY_FOR_CA};
use crate::request::{AltName, NameError};

impl DraftCertificate {
    /// Adds a URL of the CRL (RFC 5280 section 4.2.1.13).
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is not a URL.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate) -> Result<(), sapi::NameError> {
    /// draft.add_crl_url("http://ca.example.com/ca.crl")
    /// # }
    /// ```
    pub fn add_crl_url(&mut self, url: &str) -> Result<(), NameError> {
        add_url(&mut self.crl_urls, url)
    }

    /// Adds a URL of an OCSP responder (RFC 5280 section 4.2.2.1).
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is not a URL.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate) -> Result<(), sapi::NameError> {
    /// draft.add_ocsp_url("http://ocsp.example.com")
    /// # }
    /// ```
    pub fn add_ocsp_url(&mut self, url: &str) -> Result<(), NameError> {
        add_url(&mut self.ocsp_urls, url)
    }

    /// Adds a URL of the CA certificate (RFC 5280 section 4.2.2.1).
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is not a URL.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate) -> Result<(), sapi::NameError> {
    /// draft.add_ca_issuer_url("http://ca.example.com/ca.cer")
    /// # }
    /// ```
    pub fn add_ca_issuer_url(&mut self, url: &str) -> Result<(), NameError> {
        add_url(&mut self.ca_issuer_urls, url)
    }

    /// Adds a certificate policy by its dotted identifier (RFC 5280 section 4.2.1.4).
    ///
    /// # Errors
    ///
    /// [`ExtensionError`] if it is not an identifier.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate) -> Result<(), sapi::ExtensionError> {
    /// draft.add_policy("1.3.6.1.4.1.32473.2")
    /// # }
    /// ```
    pub fn add_policy(&mut self, policy: &str) -> Result<(), ExtensionError> {
        let identifier = ObjectIdentifier::new(policy)
            .map_err(|_| ExtensionFault::NotAnIdentifier(policy.to_owned()))?;
        if !self.policies.contains(&identifier) {
            self.policies.push(identifier);
        }
        Ok(())
    }

    /// Adds any other extension.
    ///
    /// # Errors
    ///
    /// [`ExtensionError`] if the draft has fields for the extension, already has it, or if only a CA may
    /// have it.
    ///
    /// ```no_run
    /// # fn f(draft: &mut sapi::DraftCertificate) -> Result<(), sapi::ExtensionError> {
    /// draft.push_extension(sapi::Extension::text("1.3.6.1.4.1.32473.1", "rack 7")?)
    /// # }
    /// ```
    pub fn push_extension(&mut self, extension: Extension) -> Result<(), ExtensionError> {
        if MODELLED.contains(&extension.kind) {
            return Err(ExtensionFault::Modelled(extension.kind).into());
        }
        if ONLY_FOR_CA.contains(&extension.kind) {
            return Err(ExtensionFault::OnlyForCa(extension.kind).into());
        }
        if self
            .extensions
            .iter()
            .any(|other| other.kind == extension.kind)
        {
            return Err(ExtensionFault::Repeated(extension.kind).into());
        }
        self.extensions.push(extension);
        Ok(())
    }
}

fn add_url(urls: &mut Vec<String>, url: &str) -> Result<(), NameError> {
    AltName::Uri(url.to_owned()).check()?;
    if !urls.iter().any(|other| other == url) {
        urls.push(url.to_owned());
    }
    Ok(())
}
