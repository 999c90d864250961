//! Creates a new self-signed CA.

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use openssl::asn1::Asn1Time;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Name, X509Req};

use super::error::LifeError;
use super::request;
use crate::encoding::time::to_openssl;
use crate::identity::authority::certificate::AuthorityCertificate;
use crate::identity::authority::error::CreateError;
use crate::identity::directory::files::{self, Files};
use crate::identity::directory::install::{Existing, Installed, install};
use crate::identity::error::IdentityError;
use crate::identity::passphrase::Passphrase;
use crate::request::DistinguishedName;
use crate::request::KeyKind;

/// A new CA in memory. [`NewIdentity::install`] writes it to disk.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sapi::DistinguishedName;
/// use sapi::identity::NewIdentity;
/// use sapi::KeyKind;
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
    /// use sapi::{DistinguishedName, KeyKind, identity::NewIdentity};
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
    ) -> Result<Self, IdentityError> {
        Ok(Self::make(subject, kind, validity, now)?)
    }

    fn make(
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

    /// Locks the key and writes the four files into `directory`, which is made if missing.
    ///
    /// They are written and synced in a folder of their own beside the targets, then renamed. If
    /// anything fails, what was there is there again, under its old names.
    ///
    /// # Errors
    /// When an identity exists and is to be kept, or the files cannot be written.
    ///
    /// ```
    /// use std::{path::Path, time::SystemTime};
    /// use sapi::identity::{Existing, NewIdentity, Passphrase};
    /// # fn f(new: &NewIdentity, now: SystemTime) -> Result<(), sapi::BoxError> {
    /// let passphrase = Passphrase::new(b"correct horse".to_vec())?;
    /// new.install(Path::new("/var/lib/ca"), &passphrase, Existing::Keep, now)?;
    /// # Ok(()) }
    /// ```
    pub fn install(
        &self,
        directory: &Path,
        passphrase: &Passphrase,
        existing: Existing,
        now: SystemTime,
    ) -> Result<Installed, IdentityError> {
        let files = self.files(passphrase)?;
        Ok(install(directory, &files, &files::ALL, existing, now)?)
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
    pub(crate) fn files(&self, passphrase: &Passphrase) -> Result<Files, LifeError> {
        let mut files = request::files(&self.key, &self.request, passphrase)?;
        files.push((
            files::CERTIFICATE,
            self.certificate.to_pem().map_err(CreateError::from)?.into(),
        ));
        Ok(files)
    }
}

pub(crate) fn dates(
    validity: Duration,
    now: SystemTime,
) -> Result<(Asn1Time, Asn1Time), CreateError> {
    let date = |moment| to_openssl(moment).map_err(|_| CreateError::TooLong);
    let end = now.checked_add(validity).ok_or(CreateError::TooLong)?;
    // Leaves are backdated by five minutes, and must not begin before their CA.
    let begin = now.checked_sub(BACKDATE).unwrap_or(now).max(UNIX_EPOCH);
    Ok((date(begin)?, date(end)?))
}

const BACKDATE: Duration = Duration::from_secs(5 * 60);

impl fmt::Debug for NewIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewIdentity")
            .field("subject", &self.certificate.subject_name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::error::IdentityErrorKind;

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
        assert!(matches!(made, Err(error) if error.kind() == IdentityErrorKind::Usage));
    }
}
