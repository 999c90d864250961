//! Extensions that the draft does not have fields for.

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Reader, SliceReader};

use crate::encoding::extensions::read_extension;
use crate::encoding::oids::{
    AUTHORITY_INFO_ACCESS, AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS, EXTENDED_KEY_USAGE, INHIBIT_ANY_POLICY, KEY_USAGE, NAME_CONSTRAINTS,
    POLICY_CONSTRAINTS, POLICY_MAPPINGS, SUBJECT_ALT_NAME, SUBJECT_KEY_ID,
};

/// A certificate extension (RFC 5280 section 4.2): identifier, criticality and value in DER.
///
/// ```
/// use sapi::Extension;
///
/// // TLS feature "must staple" (RFC 7633): SEQUENCE { INTEGER 5 }
/// let extension = Extension::new("1.3.6.1.5.5.7.1.24", false, &[0x30, 3, 2, 1, 5])?;
/// assert_eq!(extension.kind(), "1.3.6.1.5.5.7.1.24");
/// # Ok::<(), sapi::ExtensionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    pub(crate) kind: ObjectIdentifier,
    pub(crate) critical: bool,
    pub(crate) value: Vec<u8>,
}

impl Extension {
    /// Makes an extension from a dotted identifier and a value that is one element of DER.
    ///
    /// # Errors
    ///
    /// [`ExtensionError`] if the identifier is not valid, or the value is not one element of DER.
    ///
    /// ```
    /// assert!(sapi::Extension::new("2.5.29.9", false, b"text").is_err());
    /// ```
    pub fn new(kind: &str, critical: bool, value: &[u8]) -> Result<Self, ExtensionError> {
        let identifier = ObjectIdentifier::new(kind)
            .map_err(|_| ExtensionFault::NotAnIdentifier(kind.to_owned()))?;
        let whole = |value: &[u8]| -> Result<(), der::Error> {
            let mut reader = SliceReader::new(value)?;
            AnyRef::decode(&mut reader)?;
            reader.finish()
        };
        whole(value).map_err(|_| ExtensionFault::NotDer(identifier))?;
        Ok(Self {
            kind: identifier,
            critical,
            value: value.to_vec(),
        })
    }

    /// Makes an extension that contains a text as UTF8String, under your own identifier.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    ///
    /// ```
    /// let extension = sapi::Extension::text("1.3.6.1.4.1.32473.1", "blue")?;
    /// assert_eq!(extension.value(), b"\x0c\x04blue");
    /// # Ok::<(), sapi::ExtensionError>(())
    /// ```
    pub fn text(kind: &str, text: &str) -> Result<Self, ExtensionError> {
        let value = AnyRef::new(der::Tag::Utf8String, text.as_bytes())
            .and_then(|any| der::Encode::to_der(&any));
        Self::new(kind, false, &value.unwrap_or_default())
    }

    /// Takes an extension that was made with OpenSSL.
    ///
    /// # Errors
    ///
    /// [`ExtensionError`] if OpenSSL's encoding is not an extension, or its value is not one element of DER.
    ///
    /// ```
    /// # use openssl::{asn1::{Asn1Object, Asn1OctetString}, x509::X509Extension};
    /// let kind = Asn1Object::from_str("1.3.6.1.4.1.32473.1")?;
    /// let value = Asn1OctetString::new_from_bytes(&[5, 0])?;
    /// let made = X509Extension::new_from_der(&kind, true, &value)?;
    /// let extension = sapi::Extension::from_openssl(&made)?;
    /// assert!(extension.is_critical());
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    pub fn from_openssl(made: &openssl::x509::X509ExtensionRef) -> Result<Self, ExtensionError> {
        let unreadable = || ExtensionFault::NotAnIdentifier("OpenSSL's extension".into());
        let der = made.to_der().map_err(|_| unreadable())?;
        let mut reader = SliceReader::new(&der).map_err(|_| unreadable())?;
        let (kind, critical, value) = read_extension(&mut reader).map_err(|_| unreadable())?;
        Self::new(&kind.to_string(), critical, value)
    }

    /// The dotted object identifier.
    ///
    /// ```
    /// # let extension = sapi::Extension::text("1.2.3", "a").unwrap();
    /// assert_eq!(extension.kind(), "1.2.3");
    /// ```
    #[must_use]
    pub fn kind(&self) -> String {
        self.kind.to_string()
    }

    /// Whether software that does not know the extension must reject the certificate.
    ///
    /// ```
    /// # let extension = sapi::Extension::text("1.2.3", "a").unwrap();
    /// assert!(!extension.is_critical());
    /// ```
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.critical
    }

    /// The value, in DER.
    ///
    /// ```
    /// # let extension = sapi::Extension::text("1.2.3", "a").unwrap();
    /// assert_eq!(extension.value(), [0x0c, 1, b'a']);
    /// ```
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }
}

/// Why an extension cannot be in a certificate.
///
/// ```
/// let error = sapi::Extension::new("x", false, &[5, 0]).unwrap_err();
/// assert_eq!(error.to_string(), "extension \"x\": is not a dotted object identifier");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("extension {0}")]
pub struct ExtensionError(ExtensionFault);

impl From<ExtensionFault> for ExtensionError {
    fn from(fault: ExtensionFault) -> Self {
        Self(fault)
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ExtensionFault {
    #[error("{0:?}: is not a dotted object identifier")]
    NotAnIdentifier(String),
    #[error("{0}: its value is not one element of DER")]
    NotDer(ObjectIdentifier),
    #[error("{0}: the draft has fields for it; set those")]
    Modelled(ObjectIdentifier),
    /// RFC 5280 sections 4.2.1.10, 4.2.1.11, 4.2.1.14.
    #[error("{0}: belongs only in a CA's certificate")]
    OnlyForCa(ObjectIdentifier),
    #[error("{0}: is in the draft already")]
    Repeated(ObjectIdentifier),
}

/// Extensions that the draft has fields for, or that only the pipeline writes.
pub(crate) const MODELLED: [ObjectIdentifier; 9] = [
    SUBJECT_KEY_ID,
    KEY_USAGE,
    SUBJECT_ALT_NAME,
    BASIC_CONSTRAINTS,
    CRL_DISTRIBUTION_POINTS,
    CERTIFICATE_POLICIES,
    AUTHORITY_KEY_ID,
    EXTENDED_KEY_USAGE,
    AUTHORITY_INFO_ACCESS,
];

/// Extensions that say what a CA may vouch for (RFC 5280 sections 4.2.1.5, 4.2.1.10, 4.2.1.11, 4.2.1.14).
pub(crate) const ONLY_FOR_CA: [ObjectIdentifier; 4] = [
    NAME_CONSTRAINTS,
    POLICY_MAPPINGS,
    POLICY_CONSTRAINTS,
    INHIBIT_ANY_POLICY,
];
