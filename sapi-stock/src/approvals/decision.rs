//! What a person decided about a request, who, and when.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::moment;
use sapi::{AltName, BoxError, CertRequest, DistinguishedName, Terms, Validity};

/// What was decided.
///
/// ```
/// use sapi_stock::approvals::{Decision, Refusal};
/// use std::time::SystemTime;
///
/// let no = Decision::Rejected(Refusal {
///     by: "alice".into(),
///     at: SystemTime::UNIX_EPOCH,
///     reason: "ask your own department".into(),
/// });
/// assert_eq!(no.by(), "alice");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Decision {
    /// Yes, on these terms, until it is withdrawn.
    Approved(Approval),
    /// No, or no longer.
    Rejected(Refusal),
}

impl Decision {
    /// Who decided.
    ///
    /// ```no_run
    /// # fn f(decision: &sapi_stock::approvals::Decision) {
    /// println!("{:?}", decision.by());
    /// # }
    /// ```
    #[must_use]
    pub fn by(&self) -> &str {
        match self {
            Self::Approved(approval) => &approval.by,
            Self::Rejected(refusal) => &refusal.by,
        }
    }

    /// When.
    ///
    /// ```no_run
    /// # fn f(decision: &sapi_stock::approvals::Decision) {
    /// println!("{:?}", decision.at());
    /// # }
    /// ```
    #[must_use]
    pub fn at(&self) -> SystemTime {
        match self {
            Self::Approved(approval) => approval.at,
            Self::Rejected(refusal) => refusal.at,
        }
    }
}

/// A yes. What is absent is as the request and the settings say.
///
/// ```
/// use sapi_stock::approvals::Approval;
/// use std::time::SystemTime;
///
/// let yes = Approval {
///     validity: Some("7d".into()),
///     names: Some(vec!["DNS:www.example.com".into()]),
///     ..Approval::by("alice", SystemTime::UNIX_EPOCH)
/// };
/// assert!(yes.check().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Who decided.
    pub by: String,
    /// When.
    #[serde(with = "moment")]
    pub at: SystemTime,
    /// How long each certificate is valid; absent: as the settings say.
    pub validity: Option<String>,
    /// The alternative names; absent: those of the request.
    pub names: Option<Vec<String>>,
    /// The fields of the subject; absent: the request's subject.
    pub subject: Option<Vec<(String, String)>>,
}

impl Approval {
    /// As requested.
    ///
    /// ```
    /// # use sapi_stock::approvals::Approval;
    /// let yes = Approval::by("alice", std::time::SystemTime::UNIX_EPOCH);
    /// assert!(yes.names.is_none());
    /// ```
    #[must_use]
    pub fn by(by: &str, at: SystemTime) -> Self {
        Self {
            by: by.to_owned(),
            at,
            validity: None,
            names: None,
            subject: None,
        }
    }

    /// Whether everything in it is of its form.
    ///
    /// # Errors
    ///
    /// That of the first validity, name or field that is not.
    ///
    /// ```
    /// # use sapi_stock::approvals::Approval;
    /// let mut yes = Approval::by("alice", std::time::SystemTime::UNIX_EPOCH);
    /// yes.names = Some(vec!["www.example.com".into()]); // without DNS:
    /// assert!(yes.check().is_err());
    /// ```
    pub fn check(&self) -> Result<(), BoxError> {
        self.own_validity()?;
        self.own_names()?;
        self.own_subject()?;
        Ok(())
    }

    /// The terms for a request.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    ///
    /// ```no_run
    /// # fn f(yes: &sapi_stock::approvals::Approval, csr: &sapi::CertRequest) -> Result<(), sapi::BoxError> {
    /// let terms = yes.terms(csr, sapi::Validity::hours(48))?;
    /// # Ok(()) }
    /// ```
    pub fn terms(&self, csr: &CertRequest, otherwise: Validity) -> Result<Terms, BoxError> {
        let terms = Terms::valid_for(self.own_validity()?.unwrap_or(otherwise));
        Ok(match self.own_names()? {
            Some(names) => terms.with_names(names),
            None => terms.with_requested_names(csr),
        })
    }

    /// The subject, where it is not the request's.
    ///
    /// # Errors
    ///
    /// When a field is not of its form.
    ///
    /// ```
    /// # use sapi_stock::approvals::Approval;
    /// let mut yes = Approval::by("alice", std::time::SystemTime::UNIX_EPOCH);
    /// yes.subject = Some(vec![("CN".into(), "web01".into())]);
    /// assert_eq!(yes.own_subject()?.unwrap().to_string(), "CN=web01");
    /// # Ok::<(), sapi::SubjectError>(())
    /// ```
    pub fn own_subject(&self) -> Result<Option<DistinguishedName>, sapi::SubjectError> {
        let Some(fields) = &self.subject else {
            return Ok(None);
        };
        let fields = fields
            .iter()
            .map(|(field, value)| (field.as_str(), value.as_str()));
        DistinguishedName::from_fields(fields).map(Some)
    }

    fn own_validity(&self) -> Result<Option<Validity>, BoxError> {
        Ok(self.validity.as_deref().map(str::parse).transpose()?)
    }

    fn own_names(&self) -> Result<Option<Vec<AltName>>, BoxError> {
        let Some(names) = &self.names else {
            return Ok(None);
        };
        let names: Result<Vec<AltName>, _> = names.iter().map(|name| name.parse()).collect();
        Ok(Some(names?))
    }
}

/// A no.
///
/// ```
/// use sapi_stock::approvals::Refusal;
/// # use std::time::SystemTime;
/// let no = Refusal { by: "alice".into(), at: SystemTime::UNIX_EPOCH, reason: "unknown machine".into() };
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Who decided.
    pub by: String,
    /// When.
    #[serde(with = "moment")]
    pub at: SystemTime,
    /// Why; the client reads it.
    pub reason: String,
}
