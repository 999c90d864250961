//! Requests of every kind, sound ones and those that no CA should sign.

use std::net::IpAddr;

use der::asn1::ObjectIdentifier;
use der::{Tag, TagNumber};
use openssl::hash::MessageDigest;
use openssl::pkey::Id;
use openssl::sign::Signer;

use super::TestKey;
use crate::certificate::DerWriter;
use crate::request::general_names::write_names;
use crate::request::{AltName, CertRequest, CsrError, DistinguishedName, RequestPolicy, pem};

/// Builds certificate requests: by default an empty subject, no name, a new P-256 key.
///
/// Nothing is checked here; the reader of requests is there to refuse what is wrong.
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
    version: u8,
    subject: Subject,
    names: Vec<AltName>,
    extensions: Vec<(String, bool, Vec<u8>)>,
    attributes: Vec<(String, Vec<u8>)>,
    key: TestKey,
    signed_by: Option<TestKey>,
    digest: Digest,
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

    /// Sets the subject to these bytes, whatever they are.
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

    /// Asks for an extension, by its dotted identifier, with a value in DER. Asking for `2.5.29.17`
    /// beside a name makes that extension stand twice.
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

    /// Writes another version than 0.
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

    /// Signs with another key than the request's own.
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

    /// The request, read as the server reads it.
    ///
    /// # Panics
    ///
    /// When the request is refused; see [`try_build`](Self::try_build).
    ///
    /// ```
    /// let request = sapi::testing::RequestBuilder::new().common_name("web01").build();
    /// ```
    #[must_use]
    pub fn build(&self) -> CertRequest {
        self.try_build()
            .unwrap_or_else(|refusal| panic!("the request is refused: {refusal}"))
    }

    /// The request, or why the server would refuse it under the default policy.
    ///
    /// # Errors
    ///
    /// [`CsrError`], as for a client.
    ///
    /// ```
    /// use sapi::testing::{RequestBuilder, TestKey};
    /// let weak = RequestBuilder::new().key(TestKey::rsa(1024));
    /// assert_eq!(weak.try_build().unwrap_err().slug(), "weak-key");
    /// ```
    pub fn try_build(&self) -> Result<CertRequest, CsrError> {
        CertRequest::read(&self.build_der(), &RequestPolicy::default())
    }

    /// The request as PEM, unread.
    ///
    /// ```
    /// let pem = sapi::testing::RequestBuilder::new().build_pem();
    /// assert!(pem.starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    /// ```
    #[must_use]
    pub fn build_pem(&self) -> String {
        pem::write_request(&self.build_der())
    }

    /// The request as DER, unread.
    ///
    /// ```
    /// let der = sapi::testing::RequestBuilder::new().build_der();
    /// assert_eq!(der.first(), Some(&0x30));
    /// ```
    #[must_use]
    pub fn build_der(&self) -> Vec<u8> {
        let info = self.info().expect("the parts of a request are DER");
        let signer = self.signed_by.as_ref().unwrap_or(&self.key);
        let signature = sign(signer, self.digest, &info);
        let request = || -> der::Result<Vec<u8>> {
            let mut out = DerWriter::default();
            out.nest(Tag::Sequence, |request| {
                request.raw(&info);
                write_algorithm(signer, self.digest, request)?;
                request.element(Tag::BitString, &[&[0], signature.as_slice()].concat())
            })?;
            Ok(out.finish())
        };
        request().expect("a request is DER")
    }

    /// `CertificationRequestInfo ::= SEQUENCE { version, subject, subjectPKInfo, attributes [0] }`
    fn info(&self) -> der::Result<Vec<u8>> {
        let mut out = DerWriter::default();
        out.nest(Tag::Sequence, |info| {
            info.element(Tag::Integer, &[self.version])?;
            info.raw(&self.subject.to_der());
            info.raw(&self.key.spki());
            info.nest(CONTEXT_0, |attributes| self.write_attributes(attributes))
        })?;
        Ok(out.finish())
    }

    fn write_attributes(&self, out: &mut DerWriter) -> der::Result<()> {
        for (kind, values) in &self.attributes {
            out.nest(Tag::Sequence, |attribute| {
                attribute.value(&identifier(kind))?;
                attribute.element(Tag::Set, values)
            })?;
        }
        if self.names.is_empty() && self.extensions.is_empty() {
            return Ok(());
        }
        out.nest(Tag::Sequence, |attribute| {
            attribute.value(&identifier("1.2.840.113549.1.9.14"))?;
            attribute.nest(Tag::Set, |values| {
                values.nest(Tag::Sequence, |list| self.write_extensions(list))
            })
        })
    }

    fn write_extensions(&self, list: &mut DerWriter) -> der::Result<()> {
        if !self.names.is_empty() {
            let names = write_names(&self.names)?;
            list.extension(identifier("2.5.29.17"), false, &names)?;
        }
        for (kind, critical, value) in &self.extensions {
            list.extension(identifier(kind), *critical, value)?;
        }
        Ok(())
    }
}

impl Default for RequestBuilder {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Clone, Debug)]
enum Subject {
    Fields(Vec<(String, String)>),
    Der(Vec<u8>),
}

impl Subject {
    fn to_der(&self) -> Vec<u8> {
        match self {
            Self::Der(der) => der.clone(),
            Self::Fields(fields) => {
                let fields = fields.iter().map(|(field, value)| (&**field, &**value));
                let name = DistinguishedName::from_fields(fields);
                let name = name.unwrap_or_else(|error| panic!("{error}; see subject_der"));
                name.as_der().to_vec()
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Digest {
    Sha1,
    Sha256,
}

fn sign(key: &TestKey, digest: Digest, message: &[u8]) -> Vec<u8> {
    let digest = match digest {
        Digest::Sha1 => MessageDigest::sha1(),
        Digest::Sha256 => MessageDigest::sha256(),
    };
    let signer = match key.id() {
        Id::RSA | Id::EC => Signer::new(digest, key.private_key()),
        _ => Signer::new_without_digest(key.private_key()),
    };
    signer
        .and_then(|mut signer| signer.sign_oneshot_to_vec(message))
        .expect("OpenSSL signs with the key it made")
}

/// RFC 4055 section 5: NULL parameters for RSA. RFC 5758, RFC 8410: none for the others.
fn write_algorithm(key: &TestKey, digest: Digest, out: &mut DerWriter) -> der::Result<()> {
    let kind = match (key.id(), digest) {
        (Id::RSA, Digest::Sha1) => "1.2.840.113549.1.1.5",
        (Id::RSA, Digest::Sha256) => "1.2.840.113549.1.1.11",
        (Id::EC, Digest::Sha1) => "1.2.840.10045.4.1",
        (Id::EC, Digest::Sha256) => "1.2.840.10045.4.3.2",
        _ => "1.3.101.112",
    };
    out.nest(Tag::Sequence, |algorithm| {
        algorithm.value(&identifier(kind))?;
        if key.id() == Id::RSA {
            algorithm.element(Tag::Null, &[])?;
        }
        Ok(())
    })
}

fn identifier(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(dotted)
        .unwrap_or_else(|_| panic!("{dotted:?} is no dotted object identifier"))
}

const CONTEXT_0: Tag = Tag::ContextSpecific {
    constructed: true,
    number: TagNumber(0),
};
