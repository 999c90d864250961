//! A draft with everything that belongs to it, and its bytes field by field.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use der::asn1::ObjectIdentifier;
use der::{Reader, SliceReader, Tag};

use crate::certificate::invariants::{BrokenInvariant, check};
use crate::certificate::tbs::Tbs;
use crate::certificate::{DraftCertificate, Issuer, Profile, SerialNumber, Validity};
use crate::encoding::der_writer::DerWriter;
use crate::encoding::extensions::read_extension;
use crate::encoding::tags::EXTENSIONS;
use crate::request::CertRequest;
use crate::testing::{Authority, RequestBuilder};

/// A draft with everything that belongs to it.
pub(super) struct Scene {
    pub(super) issuer: Arc<Issuer>,
    pub(super) csr: CertRequest,
    pub(super) draft: DraftCertificate,
}

/// The fields of a TBSCertificate, each as a whole element, to be changed and put together again.
pub(super) struct Parts {
    pub(super) version: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) dates: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) spki: Vec<u8>,
    pub(super) extensions: Vec<(String, bool, Vec<u8>)>,
    pub(super) rest: Vec<u8>,
}

pub(super) type Change = fn(&mut Parts);

impl Scene {
    pub(super) fn new() -> Self {
        Self::of(&RequestBuilder::new().common_name("web01").dns("a.example"))
    }

    pub(super) fn of(request: &RequestBuilder) -> Self {
        let csr = request.build();
        let issuer = Arc::clone(Authority::new().identity().issuer());
        let serial = SerialNumber::from_be_bytes(&[0x12, 0x34]).unwrap();
        let granted = (Validity::days(1), csr.names().to_vec());
        let profile = Profile::default();
        let draft = DraftCertificate::new(&csr, &issuer, &profile, serial, granted, now());
        Self { issuer, csr, draft }
    }

    pub(super) fn parts(&self) -> Parts {
        let tbs = Tbs::render(self.draft.clone(), &self.csr, &self.issuer).unwrap();
        let mut reader = SliceReader::new(tbs.der()).unwrap();
        let read = |fields: &mut SliceReader<'_>| -> Result<Parts, der::Error> {
            let mut next = || fields.tlv_bytes().map(<[u8]>::to_vec);
            let mut parts = Parts {
                version: next()?,
                serial: next()?,
                algorithm: next()?,
                issuer: next()?,
                dates: next()?,
                subject: next()?,
                spki: next()?,
                extensions: Vec::new(),
                rest: Vec::new(),
            };
            let wrapped = fields.tlv_bytes()?;
            let mut list = SliceReader::new(&wrapped[content_at(wrapped)..])?;
            list.sequence(|list| -> Result<(), der::Error> {
                while !list.is_finished() {
                    let (kind, critical, value) = read_extension(list)?;
                    let extension = (kind.to_string(), critical, value.to_vec());
                    parts.extensions.push(extension);
                }
                Ok(())
            })?;
            Ok(parts)
        };
        reader.sequence(read).unwrap()
    }

    pub(super) fn check(&self, parts: &Parts) -> Result<(), BrokenInvariant> {
        check(&parts.write(), &self.draft, &self.csr, &self.issuer)
    }
}

impl Parts {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = DerWriter::default();
        out.nest(Tag::Sequence, |tbs| {
            let fields = [&self.version, &self.serial, &self.algorithm, &self.issuer];
            fields.iter().for_each(|field| tbs.raw(field));
            let fields = [&self.dates, &self.subject, &self.spki];
            fields.iter().for_each(|field| tbs.raw(field));
            tbs.nest(EXTENSIONS, |wrapped| {
                wrapped.nest(Tag::Sequence, |list| {
                    self.extensions
                        .iter()
                        .try_for_each(|(kind, critical, value)| {
                            list.extension(ObjectIdentifier::new_unwrap(kind), *critical, value)
                        })
                })
            })?;
            tbs.raw(&self.rest);
            Ok(())
        })
        .unwrap();
        out.finish()
    }

    pub(super) fn extension(&mut self, kind: &str) -> &mut (String, bool, Vec<u8>) {
        let mut all = self.extensions.iter_mut();
        all.find(|(other, ..)| other == kind).unwrap()
    }

    pub(super) fn without(&mut self, kind: &str) {
        self.extensions.retain(|(other, ..)| other != kind);
    }

    pub(super) fn add(&mut self, kind: &str, critical: bool, value: &[u8]) {
        self.extensions
            .push((kind.to_owned(), critical, value.to_vec()));
    }
}

/// 2023-11-14T22:13:20Z
pub(super) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

/// Where the content of an element begins: after two octets and those of a long length.
fn content_at(element: &[u8]) -> usize {
    match element[1] {
        long @ 0x81.. => 2 + usize::from(long - 0x80),
        _ => 2,
    }
}
