//! The writer of the requests that a builder describes.

use der::asn1::ObjectIdentifier;
use der::{Tag, TagNumber};
use openssl::hash::MessageDigest;
use openssl::pkey::Id;
use openssl::sign::Signer;

use super::TestKey;
use super::request_builder::{Digest, RequestBuilder, Subject};
use crate::encoding::der_writer::DerWriter;
use crate::request::name::general::write_names;
use crate::request::{CertRequest, CsrError, DistinguishedName, RequestPolicy, pem};

impl RequestBuilder {
    /// The request, read as the server reads it.
    ///
    /// # Panics
    ///
    /// If the request is refused; see [`try_build`](Self::try_build).
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

    /// The request as PEM, unchecked.
    ///
    /// ```
    /// let pem = sapi::testing::RequestBuilder::new().build_pem();
    /// assert!(pem.starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    /// ```
    #[must_use]
    pub fn build_pem(&self) -> String {
        pem::write_request(&self.build_der())
    }

    /// The request as DER, unchecked.
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
            info.raw(self.spki.as_ref().unwrap_or(&self.key.spki()));
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
        .unwrap_or_else(|_| panic!("{dotted:?} is not a dotted object identifier"))
}

const CONTEXT_0: Tag = Tag::ContextSpecific {
    constructed: true,
    number: TagNumber(0),
};
