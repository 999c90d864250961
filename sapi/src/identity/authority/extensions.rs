//! The two extensions that make a certificate a CA's: basicConstraints and keyUsage.

use der::asn1::{BitStringRef, ObjectIdentifier};
use der::{Decode, ErrorKind, Reader, SliceReader, Tag};

use crate::encoding::extensions::each_extension;
use crate::encoding::oids::{BASIC_CONSTRAINTS, KEY_USAGE};

/// What a certificate says about being a CA.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AuthorityExtensions {
    /// basicConstraints: CA:TRUE or CA:FALSE (RFC 5280 section 4.2.1.9).
    pub(crate) ca: Option<bool>,
    /// keyUsage: with keyCertSign or without (section 4.2.1.3).
    pub(crate) may_sign: Option<bool>,
    /// keyUsage: with cRLSign or without.
    pub(crate) may_sign_lists: Option<bool>,
}

impl AuthorityExtensions {
    /// Reads them from a certificate in DER. An extension that appears twice is an error.
    pub(crate) fn read(certificate: &[u8]) -> Result<Self, der::Error> {
        let mut found = Self::default();
        each_extension(certificate, |kind, _, value| found.take(kind, value))?;
        Ok(found)
    }

    fn take(&mut self, kind: ObjectIdentifier, value: &[u8]) -> Result<(), der::Error> {
        let before = match kind {
            BASIC_CONSTRAINTS => self.ca.replace(read_constraints(value)?),
            KEY_USAGE => {
                let usages = read_usage(value)?;
                self.may_sign_lists = Some(usages & CRL_SIGN != 0);
                self.may_sign.replace(usages & KEY_CERT_SIGN != 0)
            }
            _ => None,
        };
        match before {
            None => Ok(()),
            Some(_) => Err(ErrorKind::Failed.into()),
        }
    }
}

fn read_constraints(value: &[u8]) -> Result<bool, der::Error> {
    SliceReader::new(value)?.sequence(|fields| {
        let ca =
            !fields.is_finished() && Tag::peek(fields)? == Tag::Boolean && bool::decode(fields)?;
        if !fields.is_finished() {
            u32::decode(fields)?;
        }
        Ok(ca)
    })
}

/// Returns the first eight bits.
fn read_usage(value: &[u8]) -> Result<u8, der::Error> {
    let bits = BitStringRef::from_der(value)?;
    Ok(bits.raw_bytes().first().copied().unwrap_or(0))
}

/// Bits 5 and 6, counted from the left.
const KEY_CERT_SIGN: u8 = 0b0000_0100;
const CRL_SIGN: u8 = 0b0000_0010;

#[cfg(test)]
mod tests {
    use openssl::x509::X509;
    use openssl::x509::extension::{BasicConstraints, KeyUsage};

    use super::*;
    use crate::request::KeyKind;

    fn certificate(extensions: Vec<openssl::x509::X509Extension>) -> Vec<u8> {
        let key = KeyKind::Ed25519.generate().unwrap();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_pubkey(&key).unwrap();
        for extension in extensions {
            builder.append_extension(extension).unwrap();
        }
        builder
            .sign(&key, openssl::hash::MessageDigest::null())
            .unwrap();
        builder.build().to_der().unwrap()
    }

    #[test]
    fn what_is_there_is_read() {
        let ca = || {
            BasicConstraints::new()
                .critical()
                .ca()
                .pathlen(3)
                .build()
                .unwrap()
        };
        let no_ca = BasicConstraints::new().build().unwrap();
        let signs = KeyUsage::new().key_cert_sign().crl_sign().build().unwrap();
        let signs_not = KeyUsage::new()
            .critical()
            .digital_signature()
            .crl_sign()
            .build()
            .unwrap();
        for (extensions, expected) in [
            (vec![], (None, None)),
            (vec![ca()], (Some(true), None)),
            (vec![no_ca, signs], (Some(false), Some(true))),
            (vec![signs_not, ca()], (Some(true), Some(false))),
        ] {
            let read = AuthorityExtensions::read(&certificate(extensions)).unwrap();
            assert_eq!((read.ca, read.may_sign), expected);
        }
        assert!(AuthorityExtensions::read(&certificate(vec![ca(), ca()])).is_err());
        assert!(AuthorityExtensions::read(b"garbage").is_err());
    }
}
