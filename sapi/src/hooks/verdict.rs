//! What a hook answers, and what a grant allows.

use std::fmt;
use std::time::SystemTime;

use openssl::error::ErrorStack;

use crate::certificate::{DraftCertificate, Issuer, Profile, SerialNumber, Validity};
use crate::request::{AltName, CertRequest};

/// A hook's answer to "may this be signed?".
///
/// ```
/// use sapi::{Terms, Validity, Verdict};
///
/// let verdict = Verdict::Grant(Terms::valid_for(Validity::days(1)));
/// assert_ne!(verdict, Verdict::Abstain);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Yes, on these terms.
    Grant(Terms),
    /// No opinion. Other hooks decide; if every hook abstains, the request is denied.
    Abstain,
}

/// What a grant allows. Grants of several hooks narrow one another.
///
/// ```
/// use sapi::{AltName, Terms, Validity};
///
/// let one = Terms::valid_for(Validity::days(90)).with_names([AltName::Dns("a.example".into())]);
/// let other = Terms::valid_for(Validity::days(30));
/// let both = one.narrow(&other);
/// assert_eq!(both.validity(), Validity::days(30));
/// assert!(both.names().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Terms {
    validity: Validity,
    names: Vec<AltName>,
}

impl Terms {
    /// Grants the requested subject without alternative names, for `validity` from now on.
    ///
    /// **The subject is copied from the request unchanged: check `cx.csr().subject()` before you grant**,
    /// because much software treats a common name as a host name. Or set another subject in `presign`.
    ///
    /// ```
    /// let terms = sapi::Terms::valid_for(sapi::Validity::hours(48));
    /// assert!(terms.names().is_empty());
    /// ```
    pub fn valid_for(validity: Validity) -> Self {
        Self {
            validity,
            names: Vec::new(),
        }
    }

    /// Allows these alternative names, requested or not.
    ///
    /// ```
    /// use sapi::{AltName, Terms, Validity};
    /// let terms = Terms::valid_for(Validity::days(1)).with_names([AltName::Dns("a.example".into())]);
    /// assert_eq!(terms.names().len(), 1);
    /// ```
    pub fn with_names(mut self, names: impl IntoIterator<Item = AltName>) -> Self {
        for name in names {
            if !self.names.contains(&name) {
                self.names.push(name);
            }
        }
        self
    }

    /// Allows all alternative names that the request asks for.
    ///
    /// ```no_run
    /// # fn f(cx: &sapi::SigningContext) {
    /// use sapi::{Terms, Validity};
    /// let terms = Terms::valid_for(Validity::days(1)).with_requested_names(cx.csr());
    /// # }
    /// ```
    pub fn with_requested_names(self, csr: &CertRequest) -> Self {
        self.with_names(csr.names().iter().cloned())
    }

    /// Keeps the shorter validity, and the names that both allow.
    ///
    /// ```
    /// # use sapi::{Terms, Validity};
    /// let terms = Terms::valid_for(Validity::days(2)).narrow(&Terms::valid_for(Validity::days(1)));
    /// assert_eq!(terms.validity(), Validity::days(1));
    /// ```
    pub fn narrow(mut self, other: &Self) -> Self {
        self.validity = self.validity.min(other.validity);
        self.names.retain(|name| other.names.contains(name));
        self
    }

    /// How long the certificate is valid.
    ///
    /// ```
    /// # use sapi::{Terms, Validity};
    /// assert_eq!(Terms::valid_for(Validity::days(2)).validity(), Validity::days(2));
    /// ```
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The allowed alternative names.
    ///
    /// ```
    /// # use sapi::{Terms, Validity};
    /// assert!(Terms::valid_for(Validity::days(2)).names().is_empty());
    /// ```
    #[must_use]
    pub fn names(&self) -> &[AltName] {
        &self.names
    }

    /// Drafts what would be signed on these terms, for a preview. Signing draws another serial number.
    ///
    /// # Errors
    ///
    /// OpenSSL's error, if its random generator fails.
    ///
    /// ```no_run
    /// # fn f(csr: &sapi::CertRequest, ca: &sapi::Issuer, now: std::time::SystemTime) -> Result<(), sapi::BoxError> {
    /// use sapi::{Profile, Terms, Validity};
    /// let terms = Terms::valid_for(Validity::days(1)).with_requested_names(csr);
    /// let draft = terms.draft(csr, ca, &Profile::default(), now)?;
    /// # Ok(()) }
    /// ```
    pub fn draft(
        &self,
        csr: &CertRequest,
        issuer: &Issuer,
        profile: &Profile,
        now: SystemTime,
    ) -> Result<DraftCertificate, ErrorStack> {
        let serial = SerialNumber::random()?;
        let granted = self.clone().into_parts();
        Ok(DraftCertificate::new(
            csr, issuer, profile, serial, granted, now,
        ))
    }

    pub(crate) fn into_parts(self) -> (Validity, Vec<AltName>) {
        (self.validity, self.names)
    }
}

/// `30d: DNS:www.example.com IP:192.0.2.1`
impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.validity)?;
        if self.names.is_empty() {
            return f.write_str(" no name");
        }
        self.names.iter().try_for_each(|name| write!(f, " {name}"))
    }
}
