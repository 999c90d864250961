//! What a person decided about a request, who, and when.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::subject_fields;
use crate::moment;
use sapi::{AltName, CertRequest, DistinguishedName, Terms, Validity};

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
/// use sapi::Validity;
/// use sapi_stock::approvals::Approval;
/// use std::time::SystemTime;
///
/// let yes = Approval {
///     validity: Some(Validity::days(7)),
///     names: Some(vec!["DNS:www.example.com".parse()?]),
///     ..Approval::by("alice", SystemTime::UNIX_EPOCH)
/// };
/// # Ok::<(), sapi::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Who decided.
    pub by: String,
    /// When.
    #[serde(with = "moment")]
    pub at: SystemTime,
    /// How long each certificate is valid; absent: as the settings say.
    pub validity: Option<Validity>,
    /// The alternative names; absent: those of the request.
    pub names: Option<Vec<AltName>>,
    /// The subject; absent: the request's subject. In JSON it is a list of fields.
    #[serde(default, with = "subject_fields")]
    pub subject: Option<DistinguishedName>,
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

    /// The terms for a request. `otherwise` is the validity if the approval has none of its own.
    ///
    /// ```no_run
    /// # fn f(yes: &sapi_stock::approvals::Approval, csr: &sapi::CertRequest) {
    /// let terms = yes.terms(csr, sapi::Validity::hours(48));
    /// # }
    /// ```
    pub fn terms(&self, csr: &CertRequest, otherwise: Validity) -> Terms {
        let terms = Terms::valid_for(self.validity.unwrap_or(otherwise));
        match &self.names {
            Some(names) => terms.with_names(names.iter().cloned()),
            None => terms.with_requested_names(csr),
        }
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
