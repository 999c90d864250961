//! The builder of requests of every kind: valid ones, and those that no CA should sign.

use std::net::IpAddr;

use der::Tag;

use super::TestKey;
use crate::encoding::der_writer::DerWriter;
use crate::request::AltName;

/// Builds certificate requests: by default an empty subject, no name, a new P-256 key.
///
/// The builder checks nothing. The reader of requests refuses what is wrong.
///
/// ```
/// use sapi::testing::{RequestBuilder, TestKey};
///
/// let request = RequestBuilder::new()
///     .common_name("web01")
///     .dns("www.example.com")
///     .ip([192, 0, 2, 1])
///     .key(TestKey::ed25519())
///     .build();
/// assert_eq!(request.names().len(), 2);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RequestBuilder {
    pub(super) version: u8,
    pub(super) subject: Subject,
    pub(super) names: Vec<AltName>,
    pub(super) extensions: Vec<(String, bool, Vec<u8>)>,
    pub(super) attributes: Vec<(String, Vec<u8>)>,
    pub(super) key: TestKey,
    pub(super) spki: Option<Vec<u8>>,
    pub(super) signed_by: Option<TestKey>,
    pub(super) digest: Digest,
}

impl RequestBuilder {
    /// A request with an empty subject, no name, and a new P-256 key.
    ///
    /// ```
    /// let request = sapi::testing::RequestBuilder::new().build();
    /// assert!(request.subject().is_empty());
    /// ```
    pub fn new() -> Self {
        Self {
            version: 0,
            subject: Subject::Fields(Vec::new()),
            names: Vec::new(),
            extensions: Vec::new(),
            attributes: Vec::new(),
            key: TestKey::p256(),
            spki: None,
            signed_by: None,
            digest: Digest::Sha256,
        }
    }

    /// Adds a common name to the subject.
    ///
    /// ```
    /// let request = sapi::testing::RequestBuilder::new().common_name("web01").build();
    /// assert_eq!(request.subject().common_name(), Some("web01"));
    /// ```
    pub fn common_name(self, value: &str) -> Self {
        self.field("CN", value)
    }

    /// Adds a field to the subject, by its short name or dotted identifier.
    ///
    /// ```
    /// let request = sapi::testing::RequestBuilder::new().field("O", "Example, Inc.").build();
    /// assert_eq!(request.subject().get("O"), Some("Example, Inc."));
    /// ```
    pub fn field(mut self, field: &str, value: &str) -> Self {
        let mut fields = match self.subject {
            Subject::Fields(fields) => fields,
            Subject::Der(_) => Vec::new(),
        };
        fields.push((field.to_owned(), value.to_owned()));
        self.subject = Subject::Fields(fields);
        self
    }

    /// Sets the subject to these bytes, without any check.
    ///
    /// ```
    /// use sapi::testing::RequestBuilder;
    /// assert!(RequestBuilder::new().subject_der(&[0x31, 0]).try_build().is_err());
    /// ```
    pub fn subject_der(mut self, der: &[u8]) -> Self {
        self.subject = Subject::Der(der.to_vec());
        self
    }

    /// Asks for a DNS name.
    ///
    /// ```
    /// let request = sapi::testing::RequestBuilder::new().dns("a.example").build();
    /// assert_eq!(request.names(), ["DNS:a.example".parse().unwrap()]);
    /// ```
    pub fn dns(self, name: &str) -> Self {
        self.name(AltName::Dns(name.to_owned()))
    }

    /// Asks for an IP address.
    ///
    /// ```
    /// let request = sapi::testing::RequestBuilder::new().ip([192, 0, 2, 1]).build();
    /// assert_eq!(request.names(), ["IP:192.0.2.1".parse().unwrap()]);
    /// ```
    pub fn ip(self, address: impl Into<IpAddr>) -> Self {
        self.name(AltName::Ip(address.into()))
    }

    /// Asks for an email address.
    ///
    /// ```
    /// let request = sapi::testing::RequestBuilder::new().email("ops@example.com").build();
    /// assert_eq!(request.names(), ["email:ops@example.com".parse().unwrap()]);
    /// ```
    pub fn email(self, mailbox: &str) -> Self {
        self.name(AltName::Email(mailbox.to_owned()))
    }

    /// Asks for a URI.
    ///
    /// ```
    /// let request = sapi::testing::RequestBuilder::new().uri("spiffe://example.com/web").build();
    /// assert_eq!(request.names(), ["URI:spiffe://example.com/web".parse().unwrap()]);
    /// ```
    pub fn uri(self, uri: &str) -> Self {
        self.name(AltName::Uri(uri.to_owned()))
    }

    /// Asks for an alternative name.
    ///
    /// ```
    /// use sapi::{AltName, testing::RequestBuilder};
    /// let bad = RequestBuilder::new().name(AltName::Dns("a b".into()));
    /// assert_eq!(bad.try_build().unwrap_err().slug(), "unacceptable-name");
    /// ```
    pub fn name(mut self, name: AltName) -> Self {
        self.names.push(name);
        self
    }

    /// Asks for an extension, by its dotted identifier, with a value in DER. If a name is also asked for,
    /// the extension `2.5.29.17` appears twice.
    ///
    /// ```
    /// use sapi::testing::RequestBuilder;
    /// let eku = RequestBuilder::new().extension("2.5.29.37", false, &[0x30, 0]);
    /// assert!(eku.try_build().is_ok()); // read, and never taken over
    /// ```
    pub fn extension(mut self, kind: &str, critical: bool, value: &[u8]) -> Self {
        self.extensions
            .push((kind.to_owned(), critical, value.to_vec()));
        self
    }

    /// Asks to be a CA.
    ///
    /// ```
    /// use sapi::testing::RequestBuilder;
    /// let refusal = RequestBuilder::new().ca().try_build().unwrap_err();
    /// assert_eq!(refusal.slug(), "ca-requested");
    /// ```
    pub fn ca(self) -> Self {
        // BasicConstraints ::= SEQUENCE { cA BOOLEAN TRUE }
        self.extension("2.5.29.19", true, &[0x30, 3, 1, 1, 0xff])
    }

    /// Adds an attribute, by its dotted identifier, with the contents of its set of values in DER.
    ///
    /// ```
    /// use sapi::testing::RequestBuilder;
    /// let request = RequestBuilder::new().attribute("1.3.6.1.4.1.32473.1", &[5, 0]).build();
    /// assert_eq!(request.attribute("1.3.6.1.4.1.32473.1"), Some(&[5, 0][..]));
    /// ```
    pub fn attribute(mut self, kind: &str, values: &[u8]) -> Self {
        self.attributes.push((kind.to_owned(), values.to_vec()));
        self
    }

    /// Adds a challenge password (RFC 2985 section 5.4.1).
    ///
    /// ```
    /// let request = sapi::testing::RequestBuilder::new().challenge_password("open sesame").build();
    /// assert!(request.attribute("1.2.840.113549.1.9.7").is_some());
    /// ```
    pub fn challenge_password(self, password: &str) -> Self {
        let mut value = DerWriter::default();
        value
            .element(Tag::Utf8String, password.as_bytes())
            .expect("a password is short");
        self.attribute("1.2.840.113549.1.9.7", &value.finish())
    }

    /// Writes this version instead of 0.
    ///
    /// ```
    /// use sapi::testing::RequestBuilder;
    /// assert!(RequestBuilder::new().version(2).try_build().is_ok());
    /// assert!(RequestBuilder::new().version(3).try_build().is_err());
    /// ```
    pub fn version(mut self, version: u8) -> Self {
        self.version = version;
        self
    }

    /// Asks for a certificate for this key.
    ///
    /// ```
    /// use sapi::testing::{RequestBuilder, TestKey};
    /// let key = TestKey::p384();
    /// let request = RequestBuilder::new().key(key.clone()).build();
    /// assert_eq!(request.public_key_der(), key.spki());
    /// ```
    pub fn key(mut self, key: TestKey) -> Self {
        self.key = key;
        self
    }

    /// Writes these bytes instead of the SubjectPublicKeyInfo, without any check.
    ///
    /// ```
    /// use sapi::testing::RequestBuilder;
    /// assert!(RequestBuilder::new().public_key_der(&[0x30, 0]).try_build().is_err());
    /// ```
    pub fn public_key_der(mut self, spki: &[u8]) -> Self {
        self.spki = Some(spki.to_vec());
        self
    }

    /// Signs with this key instead of the request's own.
    ///
    /// ```
    /// use sapi::testing::{RequestBuilder, TestKey};
    /// let stolen = RequestBuilder::new().signed_by(TestKey::p256());
    /// assert_eq!(stolen.try_build().unwrap_err().slug(), "bad-signature");
    /// ```
    pub fn signed_by(mut self, key: TestKey) -> Self {
        self.signed_by = Some(key);
        self
    }

    /// Signs with SHA-1, which is too weak.
    ///
    /// ```
    /// use sapi::testing::RequestBuilder;
    /// let refusal = RequestBuilder::new().sha1().try_build().unwrap_err();
    /// assert_eq!(refusal.slug(), "weak-signature");
    /// ```
    pub fn sha1(mut self) -> Self {
        self.digest = Digest::Sha1;
        self
    }
}

impl Default for RequestBuilder {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Clone, Debug)]
pub(super) enum Subject {
    Fields(Vec<(String, String)>),
    Der(Vec<u8>),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Digest {
    Sha1,
    Sha256,
}
