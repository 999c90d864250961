//! A new self-signed CA.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::rand::rand_bytes;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Name, X509Req};
use zeroize::Zeroizing;

use super::files;
use super::key_kind::KeyKind;
use super::passphrase::Passphrase;
use super::private_key::{self, PrivateKeyError};
use crate::request::DistinguishedName;

/// A CA that exists only in memory so far; [`NewIdentity::install`] writes it.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sapi::DistinguishedName;
/// use sapi::identity::{KeyKind, NewIdentity};
///
/// let subject = DistinguishedName::from_fields([("CN", "ca.net")])?;
/// let year = Duration::from_secs(365 * 24 * 3600);
/// let now = SystemTime::UNIX_EPOCH + 56 * year;
/// let identity = NewIdentity::self_signed(&subject, KeyKind::P256, 10 * year, now)?;
/// assert_eq!(identity.certificate().version(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "ca_create_identity")]
pub struct NewIdentity {
    key: PKey<Private>,
    certificate: X509,
    request: X509Req,
}

impl NewIdentity {
    /// Makes a key, a certificate signed by it that begins five minutes before `now` and ends
    /// `validity` after it, and a request with the same subject and key.
    ///
    /// # Errors
    /// When the subject is empty, the end lies beyond the year 9999, or OpenSSL fails.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use sapi::{DistinguishedName, identity::{KeyKind, NewIdentity}};
    /// let subject = DistinguishedName::from_fields([("CN", "ca.net")])?;
    /// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// let ca = NewIdentity::self_signed(&subject, KeyKind::P256, Duration::from_secs(86_400), now)?;
    /// # Ok::<(), sapi::BoxError>(())
    /// ```
    pub fn self_signed(
        subject: &DistinguishedName,
        kind: KeyKind,
        validity: Duration,
        now: SystemTime,
    ) -> Result<Self, CreateError> {
        if subject.is_empty() {
            return Err(CreateError::EmptySubject);
        }
        let name = X509Name::from_der(subject.as_der())?;
        let (begin, end) = dates(validity, now)?;
        let key = kind.generate()?;
        let certificate = certificate(&name, &key, kind, (&begin, &end))?;
        let request = request(&name, &key, kind)?;
        Ok(Self {
            key,
            certificate,
            request,
        })
    }

    /// The private key.
    ///
    /// ```
    /// # fn f(new: &sapi::identity::NewIdentity) {
    /// println!("{} bits", new.key().bits());
    /// # }
    /// ```
    #[must_use]
    pub fn key(&self) -> &PKey<Private> {
        &self.key
    }

    /// The CA's certificate.
    ///
    /// ```
    /// # fn f(new: &sapi::identity::NewIdentity) {
    /// println!("{:?}", new.certificate().subject_name());
    /// # }
    /// ```
    #[must_use]
    pub fn certificate(&self) -> &X509 {
        &self.certificate
    }

    /// The four files, the certificate last: it is what makes the others an identity.
    pub(crate) fn files(&self, passphrase: &Passphrase) -> Result<Files, CreateError> {
        let key = private_key::encrypt(&self.key, passphrase).map_err(CreateError::PrivateKey)?;
        Ok(vec![
            (files::PRIVATE_KEY, Zeroizing::new(key.as_bytes().to_vec())),
            (files::PUBLIC_KEY, self.key.public_key_to_pem()?.into()),
            (files::REQUEST, self.request.to_pem()?.into()),
            (files::CERTIFICATE, self.certificate.to_pem()?.into()),
        ])
    }
}

/// Names and contents.
pub(crate) type Files = Vec<(&'static str, Zeroizing<Vec<u8>>)>;

fn certificate(
    name: &X509Name,
    key: &PKey<Private>,
    kind: KeyKind,
    (begin, end): (&Asn1Time, &Asn1Time),
) -> Result<X509, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(VERSION_3)?;
    let serial = serial_number()?;
    builder.set_serial_number(&serial)?;
    builder.set_subject_name(name)?;
    builder.set_issuer_name(name)?;
    builder.set_not_before(begin)?;
    builder.set_not_after(end)?;
    builder.set_pubkey(key)?;
    // A path length of 0: this CA signs leaves, and no certificate of its can sign others.
    builder.append_extension(BasicConstraints::new().critical().ca().pathlen(0).build()?)?;
    builder.append_extension(
        KeyUsage::new()
            .critical()
            .key_cert_sign()
            .crl_sign()
            .build()?,
    )?;
    let subject_key = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
    builder.append_extension(subject_key)?;
    let authority_key = AuthorityKeyIdentifier::new()
        .keyid(true)
        .build(&builder.x509v3_context(None, None))?;
    builder.append_extension(authority_key)?;
    builder.sign(key, kind.digest())?;
    Ok(builder.build())
}

fn request(name: &X509Name, key: &PKey<Private>, kind: KeyKind) -> Result<X509Req, ErrorStack> {
    let mut builder = X509Req::builder()?;
    builder.set_subject_name(name)?;
    builder.set_pubkey(key)?;
    builder.sign(key, kind.digest())?;
    Ok(builder.build())
}

/// 159 random bits: 20 octets with the highest bit clear, or the number would be negative or
/// need a 21st octet (RFC 5280 section 4.1.2.2); the lowest bit set, for zero is no serial number.
fn serial_number() -> Result<Asn1Integer, ErrorStack> {
    let mut octets = [0_u8; 20];
    rand_bytes(&mut octets)?;
    let [first, .., last] = &mut octets;
    *first &= 0x7f;
    *last |= 1;
    BigNum::from_slice(&octets)?.to_asn1_integer()
}

fn dates(validity: Duration, now: SystemTime) -> Result<(Asn1Time, Asn1Time), CreateError> {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let end = now
        .checked_add(validity)
        .map(|end| end.as_secs())
        .filter(|end| *end <= YEAR_9999);
    let end = end
        .and_then(|end| i64::try_from(end).ok())
        .ok_or(CreateError::TooLong)?;
    // Leaves are backdated by five minutes, and must not begin before their CA.
    let begin = now.saturating_sub(BACKDATE).as_secs();
    let begin = i64::try_from(begin).map_err(|_| CreateError::TooLong)?;
    Ok((Asn1Time::from_unix(begin)?, Asn1Time::from_unix(end)?))
}

const VERSION_3: i32 = 2;
const BACKDATE: Duration = Duration::from_secs(5 * 60);
/// 9999-12-31T23:59:59Z, the last moment a certificate can name (RFC 5280 section 4.1.2.5).
const YEAR_9999: u64 = 253_402_300_799;

impl fmt::Debug for NewIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewIdentity")
            .field("subject", &self.certificate.subject_name())
            .finish_non_exhaustive()
    }
}

/// Why no CA could be made.
///
/// ```
/// # use std::time::{Duration, SystemTime};
/// use sapi::{DistinguishedName, identity::{CreateError, KeyKind, NewIdentity}};
/// let nobody = DistinguishedName::from_fields([])?;
/// let made = NewIdentity::self_signed(&nobody, KeyKind::P256, Duration::from_secs(60), SystemTime::UNIX_EPOCH);
/// assert!(matches!(made, Err(CreateError::EmptySubject)));
/// # Ok::<(), sapi::SubjectError>(())
/// ```
#[derive(Debug)]
pub enum CreateError {
    /// The subject has no field.
    EmptySubject,
    /// The certificate would end after the year 9999.
    TooLong,
    /// The key could not be locked.
    PrivateKey(PrivateKeyError),
    /// OpenSSL failed.
    OpenSsl(ErrorStack),
}

impl From<ErrorStack> for CreateError {
    fn from(errors: ErrorStack) -> Self {
        Self::OpenSsl(errors)
    }
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptySubject => {
                f.write_str("the subject is empty; a CA needs at least one field")
            }
            Self::TooLong => f.write_str("the validity reaches beyond the year 9999"),
            Self::PrivateKey(error) => write!(f, "{}: {error}", files::PRIVATE_KEY),
            Self::OpenSsl(errors) => write!(f, "OpenSSL could not make the identity: {errors}"),
        }
    }
}

impl std::error::Error for CreateError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_positive_and_fit() {
        for _ in 0..200 {
            let serial = serial_number().unwrap().to_bn().unwrap();
            assert!(!serial.is_negative() && (1..=159).contains(&serial.num_bits()));
        }
    }

    #[test]
    fn year_9999_is_the_end() {
        let year = Duration::from_secs(365 * 24 * 3600);
        assert!(dates(year, UNIX_EPOCH).is_ok());
        assert!(matches!(
            dates(year * 8100, UNIX_EPOCH),
            Err(CreateError::TooLong)
        ));
        assert!(matches!(
            dates(Duration::MAX, UNIX_EPOCH),
            Err(CreateError::TooLong)
        ));
    }

    #[test]
    fn empty_subject_is_refused() {
        let made = NewIdentity::self_signed(
            &DistinguishedName::from_fields([]).unwrap(),
            KeyKind::P256,
            Duration::ZERO,
            UNIX_EPOCH,
        );
        assert!(matches!(made, Err(CreateError::EmptySubject)));
    }
}
