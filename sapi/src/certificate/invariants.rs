//! Invariants: rules that the bytes to sign must meet, whatever the hooks did.

use der::asn1::{BitStringRef, IntRef, ObjectIdentifier};
use der::{AnyRef, Decode, Reader, SliceReader, Tagged};

use super::draft::DraftCertificate;
use super::draft::extension::ONLY_FOR_CA;
use super::issuer::Issuer;
use super::issuer::key_identifier::key_identifier;
use crate::encoding::extensions::read_extension;
use crate::encoding::oids::{
    AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, KEY_USAGE, SUBJECT_ALT_NAME, SUBJECT_KEY_ID,
};
use crate::encoding::tags::{EXTENSIONS, VERSION_3};
use crate::encoding::time;
use crate::request::name::general::read_names;
use crate::request::{AltName, CertRequest, CsrFault};

/// A rule that the bytes to sign break. Then nothing is signed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate would break a rule: {0}")]
pub(crate) struct BrokenInvariant(String);

impl From<der::Error> for BrokenInvariant {
    fn from(error: der::Error) -> Self {
        Self(format!("its bytes are not DER: {error}"))
    }
}

/// Reads the bytes as a stranger would, and compares them with draft, request and issuer.
pub(crate) fn check(
    tbs: &[u8],
    draft: &DraftCertificate,
    csr: &CertRequest,
    issuer: &Issuer,
) -> Result<(), BrokenInvariant> {
    let mut reader = SliceReader::new(tbs)?;
    reader.sequence(|fields| {
        require(fields.tlv_bytes()? == VERSION_3, "the version is not 3")?;
        check_serial(fields, draft)?;
        require(
            fields.tlv_bytes()? == issuer.algorithm().der,
            "the signature algorithm is not the CA's",
        )?;
        require(
            fields.tlv_bytes()? == issuer.subject_der(),
            "the issuer is not the CA's subject",
        )?;
        fields.sequence(|dates| check_dates(dates, draft, issuer))?;
        require(
            fields.tlv_bytes()? == draft.subject.as_der(),
            "the subject is not the draft's",
        )?;
        // A request cannot ask for the CA's subject, but a hook may set it.
        require(
            !issuer.is_called(&draft.subject),
            "the subject is the CA's own",
        )?;
        require(
            fields.tlv_bytes()? == csr.public_key_der(),
            "the public key is not the request's",
        )?;
        let extensions = AnyRef::decode(fields)?;
        require(extensions.tag() == EXTENSIONS, "there are no extensions")?;
        let mut list = SliceReader::new(extensions.value())?;
        list.sequence(|list| check_extensions(list, draft, csr, issuer))?;
        Ok::<_, BrokenInvariant>(list.finish()?)
    })?;
    Ok(reader.finish()?)
}

fn check_serial(
    fields: &mut SliceReader<'_>,
    draft: &DraftCertificate,
) -> Result<(), BrokenInvariant> {
    let serial = IntRef::decode(fields)?.as_bytes();
    let positive = serial.first().is_some_and(|first| *first < 0x80) && serial != [0];
    require(
        positive && serial.len() <= 20,
        "the serial number is not positive or longer than 20 octets",
    )?;
    let digits = serial.strip_prefix(&[0]).unwrap_or(serial);
    require(
        digits == draft.serial.as_be_bytes(),
        "the serial number is not the draft's",
    )
}

fn check_dates(
    dates: &mut SliceReader<'_>,
    draft: &DraftCertificate,
    issuer: &Issuer,
) -> Result<(), BrokenInvariant> {
    let (begin, end) = (time::read(dates)?, time::read(dates)?);
    require(
        (begin, end) == (draft.not_before, draft.not_after),
        "the dates are not the draft's",
    )?;
    require(begin < end, "it would end before it begins")?;
    let within = issuer.not_before() <= begin && end <= issuer.not_after();
    require(within, "the dates are not inside the CA certificate's")
}

fn check_extensions(
    list: &mut SliceReader<'_>,
    draft: &DraftCertificate,
    csr: &CertRequest,
    issuer: &Issuer,
) -> Result<(), BrokenInvariant> {
    let mut seen: Vec<ObjectIdentifier> = Vec::with_capacity(12);
    let mut names = Vec::new();
    while !list.is_finished() {
        let (kind, critical, value) = read_extension(list)?;
        require(!seen.contains(&kind), "an extension appears twice")?;
        seen.push(kind);
        require(
            !ONLY_FOR_CA.contains(&kind),
            "an extension belongs only in a CA's certificate",
        )?;
        match kind {
            BASIC_CONSTRAINTS => {
                require(critical && value == [0x30, 0], "it is not marked CA:FALSE")?
            }
            KEY_USAGE => {
                require(critical, "the key usage is not critical")?;
                check_key_usage(value)?;
            }
            SUBJECT_KEY_ID => require(
                value.strip_prefix(&[4, 20]) == Some(&key_identifier(csr.public_key_der())?),
                "the subject key identifier does not match the key",
            )?,
            AUTHORITY_KEY_ID => {
                let (_, _, own) =
                    read_extension(&mut SliceReader::new(issuer.authority_key_id())?)?;
                require(
                    !critical && value == own,
                    "the authority key identifier is not the CA's",
                )?;
            }
            SUBJECT_ALT_NAME => {
                require(
                    critical == draft.subject.is_empty(),
                    "the names are critical without need, or not when needed",
                )?;
                names = read_names(value, usize::MAX)
                    .map_err(|error| BrokenInvariant(CsrFault::from(error).to_string()))?;
            }
            _ => {}
        }
    }
    require(
        same(&names, &draft.names),
        "the names are not the draft's, each once",
    )?;
    for (kind, missing) in [
        (BASIC_CONSTRAINTS, "it lacks basicConstraints"),
        (SUBJECT_KEY_ID, "it lacks the subject key identifier"),
        (AUTHORITY_KEY_ID, "it lacks the authority key identifier"),
    ] {
        require(seen.contains(&kind), missing)?;
    }
    require(
        !names.is_empty() || !draft.subject.is_empty(),
        "it would name nobody",
    )
}

/// Compares letter by letter: here, case counts.
fn same(written: &[AltName], drafted: &[AltName]) -> bool {
    written.len() == drafted.len()
        && written
            .iter()
            .zip(drafted)
            .all(|(a, b)| a == b && a.value() == b.value())
}

fn check_key_usage(value: &[u8]) -> Result<(), BrokenInvariant> {
    let mut reader = SliceReader::new(value)?;
    let bits = BitStringRef::decode(&mut reader)?;
    let of_a_ca = [5, 6].iter().any(|bit| bits.get(*bit) == Some(true));
    require(!of_a_ca, "it would allow keyCertSign or cRLSign")
}

fn require(holds: bool, rule: &str) -> Result<(), BrokenInvariant> {
    if holds {
        Ok(())
    } else {
        Err(BrokenInvariant(rule.to_owned()))
    }
}

#[cfg(test)]
mod tests;
