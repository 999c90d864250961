//! The extensions of a certificate, written from its draft.

use der::Tag;
use der::asn1::ObjectIdentifier;

use super::draft::DraftCertificate;
use super::issuer::Issuer;
use super::issuer::key_identifier::key_identifier;
use crate::encoding::der_writer::DerWriter;
use crate::encoding::oids::{
    AUTHORITY_INFO_ACCESS, BASIC_CONSTRAINTS, CA_ISSUERS, CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS, EXTENDED_KEY_USAGE, KEY_USAGE, OCSP, SUBJECT_ALT_NAME, SUBJECT_KEY_ID,
};
use crate::encoding::tags::{constructed, primitive};
use crate::request::CertRequest;
use crate::request::name::general::write_names;

/// Writes the content of `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension` (RFC 5280 section 4.2).
pub(crate) fn write_extensions(
    draft: &DraftCertificate,
    csr: &CertRequest,
    issuer: &Issuer,
    out: &mut DerWriter,
) -> der::Result<()> {
    // Section 4.2.1.9: cA is FALSE if it is left out.
    out.extension(BASIC_CONSTRAINTS, true, &[0x30, 0])?;
    if let Some(bits) = draft.key_usages.bit_string() {
        let mut value = DerWriter::default();
        value.element(Tag::BitString, &bits)?;
        out.extension(KEY_USAGE, true, &value.finish())?;
    }
    if !draft.extended_key_usages.identifiers().is_empty() {
        let usages = identifiers(draft.extended_key_usages.identifiers())?;
        out.extension(EXTENDED_KEY_USAGE, false, &usages)?;
    }
    if !draft.names.is_empty() {
        // Section 4.2.1.6: with an empty subject, only the names identify the holder, so they are critical.
        let critical = draft.subject.is_empty();
        out.extension(SUBJECT_ALT_NAME, critical, &write_names(&draft.names)?)?;
    }
    let mut key_id = DerWriter::default();
    let digest = key_identifier(csr.public_key_der())?;
    key_id.element(Tag::OctetString, &digest)?;
    out.extension(SUBJECT_KEY_ID, false, &key_id.finish())?;
    out.raw(issuer.authority_key_id());
    if !draft.crl_urls.is_empty() {
        let points = distribution_points(&draft.crl_urls)?;
        out.extension(CRL_DISTRIBUTION_POINTS, false, &points)?;
    }
    if !draft.ocsp_urls.is_empty() || !draft.ca_issuer_urls.is_empty() {
        out.extension(AUTHORITY_INFO_ACCESS, false, &access(draft)?)?;
    }
    if !draft.policies.is_empty() {
        out.extension(CERTIFICATE_POLICIES, false, &policies(&draft.policies)?)?;
    }
    for extension in &draft.extensions {
        out.extension(extension.kind, extension.critical, &extension.value)?;
    }
    Ok(())
}

/// `SEQUENCE OF OBJECT IDENTIFIER`
fn identifiers(kinds: &[ObjectIdentifier]) -> der::Result<Vec<u8>> {
    let mut out = DerWriter::default();
    out.nest(Tag::Sequence, |list| {
        kinds.iter().try_for_each(|kind| list.value(kind))
    })?;
    Ok(out.finish())
}

/// `SEQUENCE OF SEQUENCE { policyIdentifier }`, without qualifiers (section 4.2.1.4)
fn policies(kinds: &[ObjectIdentifier]) -> der::Result<Vec<u8>> {
    let mut out = DerWriter::default();
    out.nest(Tag::Sequence, |list| {
        kinds
            .iter()
            .try_for_each(|kind| list.nest(Tag::Sequence, |policy| policy.value(kind)))
    })?;
    Ok(out.finish())
}

/// `SEQUENCE OF SEQUENCE { distributionPoint [0] { fullName [0] { URI [6] } } }` (section 4.2.1.13)
fn distribution_points(urls: &[String]) -> der::Result<Vec<u8>> {
    let mut out = DerWriter::default();
    out.nest(Tag::Sequence, |list| {
        urls.iter().try_for_each(|url| {
            list.nest(Tag::Sequence, |point| {
                point.nest(constructed(0), |name| {
                    name.nest(constructed(0), |full| full.element(URI, url.as_bytes()))
                })
            })
        })
    })?;
    Ok(out.finish())
}

/// `SEQUENCE OF SEQUENCE { accessMethod OID, accessLocation URI [6] }` (section 4.2.2.1)
fn access(draft: &DraftCertificate) -> der::Result<Vec<u8>> {
    let methods = [
        (OCSP, &draft.ocsp_urls),
        (CA_ISSUERS, &draft.ca_issuer_urls),
    ];
    let mut out = DerWriter::default();
    out.nest(Tag::Sequence, |list| {
        for (method, urls) in methods {
            for url in urls {
                list.nest(Tag::Sequence, |description| {
                    description.value(&method)?;
                    description.element(URI, url.as_bytes())
                })?;
            }
        }
        Ok(())
    })?;
    Ok(out.finish())
}

const URI: Tag = primitive(6);
