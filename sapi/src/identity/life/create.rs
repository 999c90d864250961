//! Creates a new self-signed CA.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use openssl::asn1::Asn1Time;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Name, X509Req};
use zeroize::Zeroizing;

use super::request;
use crate::identity::authority::certificate::AuthorityCertificate;
use crate::identity::directory::files;
use crate::identity::directory::files::FileError;
use crate::identity::key::kind::KeyKind;
use crate::identity::key::private::PrivateKeyError;
use crate::identity::passphrase::Passphrase;
use crate::request::DistinguishedName;

/// A new CA in memory. [`NewIdentity::install`] writes it to disk.
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
    /// Makes a key, a certificate that this key signs, and a request with the same subject and key. The
    /// certificate begins five minutes before `now` and ends `validity` after `now`.
    ///
    /// # Errors
    /// When the subject is empty, the end is after the year 9999, or OpenSSL fails.
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
        let dates = dates(validity, now)?;
        let key = kind.generate()?;
        let certificate = AuthorityCertificate::of(&name, &key)?.self_signed(&key, &dates)?;
        Self::of(key, certificate)
    }

    pub(crate) fn of(key: PKey<Private>, certificate: X509) -> Result<Self, CreateError> {
        let request = request::write(certificate.subject_name(), &key)?;
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

    /// The four files. The certificate comes last, because it makes the others an identity.
    pub(crate) fn files(&self, passphrase: &Passphrase) -> Result<Files, CreateError> {
        let mut files = request::files(&self.key, &self.request, passphrase)?;
        files.push((files::CERTIFICATE, self.certificate.to_pem()?.into()));
        Ok(files)
    }
}

/// Names and contents of files.
pub(crate) type Files = Vec<(&'static str, Zeroizing<Vec<u8>>)>;

pub(crate) fn dates(
    validity: Duration,
    now: SystemTime,
) -> Result<(Asn1Time, Asn1Time), CreateError> {
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

const BACKDATE: Duration = Duration::from_secs(5 * 60);
/// 9999-12-31T23:59:59Z, the last moment that a certificate can name (RFC 5280 section 4.1.2.5).
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
#[non_exhaustive]
pub enum CreateError {
    /// The subject is empty.
    EmptySubject,
    /// The certificate would end after the year 9999.
    TooLong,
    /// The key could not be locked.
    PrivateKey(PrivateKeyError),
    /// A CA cannot sign with this kind of key.
    UnsupportedKey,
    /// The signature just made does not verify.
    DoesNotVerify,
    /// A certificate's extensions cannot be read or written.
    Extensions(der::Error),
    /// A file that another certificate depends on cannot be read.
    File(FileError),
    /// OpenSSL failed.
    OpenSsl(ErrorStack),
}

impl From<der::Error> for CreateError {
    fn from(error: der::Error) -> Self {
        Self::Extensions(error)
    }
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
            Self::UnsupportedKey => {
                f.write_str("the kind of the CA's key is not supported for signing")
            }
            Self::File(error) => error.fmt(f),
            Self::DoesNotVerify => {
                f.write_str("the signature just made does not verify with the CA's public key")
            }
            Self::Extensions(error) => {
                write!(f, "the CA certificate's extensions cannot be used: {error}")
            }
            Self::OpenSsl(errors) => write!(f, "OpenSSL could not make the identity: {errors}"),
        }
    }
}

impl std::error::Error for CreateError {}

#[cfg(test)]
mod tests {
    use super::*;

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
