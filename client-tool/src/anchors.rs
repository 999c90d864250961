//! The certificate authorities that the client trusts.

use std::fmt;
use std::time::SystemTime;

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509StoreContext};

use crate::credential::certificates;
use crate::pem::PemError;
use crate::time::seconds;

/// The trusted CAs, each known by its certificate or by the certificate's fingerprint. Give several while
/// a successor replaces a CA.
///
/// ```
/// use sapi_client::Anchors;
///
/// let fingerprint = "3f:".repeat(31) + "3f";
/// let anchors = Anchors::default().with_fingerprint(&fingerprint)?;
/// assert!(Anchors::default().with_fingerprint("3f").is_err());
/// # Ok::<(), sapi_client::AnchorError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    certificates: Vec<X509>,
    fingerprints: Vec<[u8; 32]>,
}

impl Anchors {
    /// Trusts these certificates, in PEM.
    ///
    /// # Errors
    /// [`AnchorError`] when `pem` contains no certificate, or a malformed one.
    ///
    /// ```
    /// assert!(sapi_client::Anchors::default().with_certificates(b"").is_err());
    /// ```
    pub fn with_certificates(mut self, pem: &[u8]) -> Result<Self, AnchorError> {
        let found = certificates(pem)?;
        if found.is_empty() {
            return Err(AnchorError("it contains no certificate".into()));
        }
        self.certificates.extend(found);
        Ok(self)
    }

    /// Trusts the certificate whose DER has this SHA-256, when it comes with an answer. Write 64
    /// hexadecimal digits, with or without colons, as `openssl x509 -fingerprint -sha256` shows them.
    ///
    /// # Errors
    /// [`AnchorError`] when the text is not such a digest.
    ///
    /// ```
    /// let digest = "0".repeat(64);
    /// assert!(sapi_client::Anchors::default().with_fingerprint(&digest).is_ok());
    /// ```
    pub fn with_fingerprint(mut self, text: &str) -> Result<Self, AnchorError> {
        self.fingerprints.push(fingerprint(text)?);
        Ok(self)
    }

    /// Checks that a trusted CA issued `leaf`; `between` are the certificates that came with it.
    pub(crate) fn verify(
        &self,
        leaf: &X509,
        between: &[X509],
        now: SystemTime,
    ) -> Result<(), String> {
        let pinned = between.iter().filter(|certificate| self.pins(certificate));
        let trusted: Vec<&X509> = self.certificates.iter().chain(pinned).collect();
        if trusted.is_empty() {
            return Err(format!(
                "no certificate in the answer has the pinned fingerprint; it contains: {}",
                list(between)
            ));
        }
        verify(leaf, between, &trusted, now).map_err(|error| format!("OpenSSL: {error}"))?
    }

    fn pins(&self, certificate: &X509) -> bool {
        let digest = certificate.digest(MessageDigest::sha256());
        digest.is_ok_and(|digest| self.fingerprints.iter().any(|pin| *pin == *digest))
    }
}

/// A store that trusts each of these certificates, whether or not it is a root.
pub(crate) fn store<'a>(
    trusted: impl IntoIterator<Item = &'a X509>,
) -> Result<X509Store, ErrorStack> {
    let mut store = X509StoreBuilder::new()?;
    for certificate in trusted {
        store.add_cert(certificate.clone())?;
    }
    store.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    Ok(store.build())
}

fn verify(
    leaf: &X509,
    between: &[X509],
    trusted: &[&X509],
    now: SystemTime,
) -> Result<Result<(), String>, ErrorStack> {
    let mut builder = X509StoreBuilder::new()?;
    for certificate in trusted {
        builder.add_cert((*certificate).clone())?;
    }
    let mut param = X509VerifyParam::new()?;
    param.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    param.set_time(seconds(now).try_into().unwrap_or_default());
    builder.set_param(&param)?;
    let mut untrusted = Stack::new()?;
    for certificate in between {
        untrusted.push(certificate.clone())?;
    }
    let store = builder.build();
    let mut context = X509StoreContext::new()?;
    context.init(&store, leaf, &untrusted, |context| {
        if context.verify_cert()? {
            return Ok(Ok(()));
        }
        Ok(Err(context.error().error_string().to_owned()))
    })
}

fn list(certificates: &[X509]) -> String {
    let digests = certificates
        .iter()
        .filter_map(|certificate| certificate.digest(MessageDigest::sha256()).ok());
    let texts: Vec<String> = digests
        .map(|digest| digest.iter().map(|octet| format!("{octet:02x}")).collect())
        .collect();
    if texts.is_empty() {
        return "none".into();
    }
    texts.join(", ")
}

fn fingerprint(text: &str) -> Result<[u8; 32], AnchorError> {
    let error = || {
        AnchorError(format!(
            "{text:?} is not a SHA-256 fingerprint: write 64 hexadecimal digits"
        ))
    };
    // `openssl x509 -fingerprint` writes a label and `=` before the digest.
    let (_, digest) = text.rsplit_once('=').unwrap_or_default();
    let digest = if digest.is_empty() { text } else { digest };
    let digits: Vec<u32> = digest
        .chars()
        .filter(|c| *c != ':')
        .map(|c| c.to_digit(16).ok_or_else(error))
        .collect::<Result<_, _>>()?;
    let octets: Vec<u8> = digits
        .chunks(2)
        .filter_map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect();
    if digits.len() != 64 {
        return Err(error());
    }
    octets.try_into().map_err(|_| error())
}

/// Why a text or a file does not identify a certificate authority.
///
/// ```
/// let error = sapi_client::Anchors::default().with_fingerprint("beef").unwrap_err();
/// assert!(error.to_string().contains("64 hexadecimal digits"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorError(String);

impl From<PemError> for AnchorError {
    fn from(error: PemError) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for AnchorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AnchorError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_as_openssl_shows_them() {
        let plain = "0123456789abcdef".repeat(4);
        let pairs: Vec<_> = plain
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).unwrap().to_uppercase())
            .collect();
        assert_eq!(fingerprint(&plain), fingerprint(&pairs.join(":")));
        assert_eq!(fingerprint(&plain).unwrap()[1], 0x23);
        let line = format!("sha256 Fingerprint={}", pairs.join(":"));
        assert_eq!(fingerprint(&plain), fingerprint(&line));
        for wrong in [
            "",
            &plain[1..],
            &format!("{plain}00"),
            &plain.replace('a', "g"),
            &plain.replace('a', "é"),
        ] {
            assert!(fingerprint(wrong).is_err(), "{wrong}");
        }
    }
}
