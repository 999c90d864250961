//! The bytes to sign: written once from a draft, read back, and checked.

use der::Tag;

use super::draft::DraftCertificate;
use super::extensions::write_extensions;
use super::invariants::{BrokenInvariant, check};
use super::issuer::Issuer;
use crate::encoding::der_writer::DerWriter;
use crate::encoding::tags::{EXTENSIONS, VERSION_3};
use crate::encoding::time;
use crate::request::CertRequest;

/// A TBSCertificate (RFC 5280 section 4.1.2). It was read back after it was written, and contains only
/// what its draft, its request and its issuer say.
pub(crate) struct Tbs {
    der: Vec<u8>,
    draft: DraftCertificate,
}

impl Tbs {
    /// Writes a draft as DER and checks the invariants on the bytes.
    pub(crate) fn render(
        draft: DraftCertificate,
        csr: &CertRequest,
        issuer: &Issuer,
    ) -> Result<Self, BrokenInvariant> {
        let der = write(&draft, csr, issuer)?;
        check(&der, &draft, csr, issuer)?;
        Ok(Self { der, draft })
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(crate) fn into_draft(self) -> DraftCertificate {
        self.draft
    }
}

pub(crate) fn write(
    draft: &DraftCertificate,
    csr: &CertRequest,
    issuer: &Issuer,
) -> Result<Vec<u8>, der::Error> {
    let mut out = DerWriter::with_capacity(1024 + csr.public_key_der().len());
    out.nest(Tag::Sequence, |tbs| {
        tbs.raw(VERSION_3);
        tbs.raw(&write_serial(draft)?);
        tbs.raw(issuer.algorithm().der);
        tbs.raw(issuer.subject_der());
        tbs.nest(Tag::Sequence, |validity| {
            time::write(draft.not_before, validity)?;
            time::write(draft.not_after, validity)
        })?;
        tbs.raw(draft.subject.as_der());
        tbs.raw(csr.public_key_der());
        tbs.nest(EXTENSIONS, |tagged| {
            tagged.nest(Tag::Sequence, |list| {
                write_extensions(draft, csr, issuer, list)
            })
        })
    })?;
    Ok(out.finish())
}

fn write_serial(draft: &DraftCertificate) -> Result<Vec<u8>, der::Error> {
    let octets = draft.serial.as_be_bytes();
    let mut out = DerWriter::with_capacity(24);
    out.nest(Tag::Integer, |integer| {
        if octets.first().is_some_and(|first| *first >= 0x80) {
            integer.raw(&[0]);
        }
        integer.raw(octets);
        Ok(())
    })?;
    Ok(out.finish())
}
