//! Why a certificate is revoked.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A reason of RFC 5280 section 5.3.1, under the name it has there. `removeFromCRL` is missing: it is for delta CRLs alone.
///
/// ```
/// use sapi_stock::journal::Reason;
///
/// let reason: Reason = "keyCompromise".parse()?;
/// assert_eq!(reason.code(), 1);
/// # Ok::<(), sapi_stock::journal::UnknownReason>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// No reason is given.
    #[default]
    Unspecified,
    /// Somebody else has the private key.
    KeyCompromise,
    /// Somebody else has the CA's private key.
    #[serde(rename = "cACompromise")]
    CaCompromise,
    /// The subject is called otherwise, or belongs to somebody else.
    AffiliationChanged,
    /// Another certificate has taken its place.
    Superseded,
    /// It is needed no longer.
    CessationOfOperation,
    /// For the time being: it may be revoked for another reason later.
    CertificateHold,
    /// The subject may no longer do what the certificate says it may.
    PrivilegeWithdrawn,
    /// Somebody else has the private key of the attribute authority.
    #[serde(rename = "aACompromise")]
    AaCompromise,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    /// The number of the `CRLReason`.
    ///
    /// ```
    /// assert_eq!(sapi_stock::journal::Reason::AaCompromise.code(), 10);
    /// ```
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }

    /// What `openssl ca` calls it in its index; `None` where it knows no word for it.
    pub(super) fn in_index(self) -> Option<&'static str> {
        match self {
            Self::Unspecified => Some("unspecified"),
            Self::KeyCompromise => Some("keyCompromise"),
            Self::CaCompromise => Some("CACompromise"),
            Self::AffiliationChanged => Some("affiliationChanged"),
            Self::Superseded => Some("superseded"),
            Self::CessationOfOperation => Some("cessationOfOperation"),
            Self::CertificateHold => Some("certificateHold"),
            Self::PrivilegeWithdrawn | Self::AaCompromise => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        })
    }
}

/// Reads what `Display` writes, in any case.
impl FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        let same = |reason: &Self| reason.to_string().eq_ignore_ascii_case(text);
        let found = Self::ALL.into_iter().find(same);
        found.ok_or_else(|| UnknownReason(text.chars().take(40).collect()))
    }
}

/// A text is not a reason.
///
/// ```
/// let error = "boredom".parse::<sapi_stock::journal::Reason>().unwrap_err();
/// assert!(error.to_string().starts_with("\"boredom\" is not a reason: use unspecified, keyCompromise,"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a reason: use {all}", all = all())]
pub struct UnknownReason(String);

fn all() -> String {
    Reason::ALL.map(|reason| reason.to_string()).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_name_everywhere() {
        for reason in Reason::ALL {
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(json, format!("\"{reason}\""));
            assert_eq!(reason.to_string().to_uppercase().parse(), Ok(reason));
        }
    }
}
