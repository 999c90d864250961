//! Why a distinguished name is not acceptable.

use der::asn1::ObjectIdentifier;

use super::fields::{known, short_names};

/// A distinguished name is not acceptable.
///
/// ```
/// let error = sapi::DistinguishedName::from_fields([("C", "USA")]).unwrap_err();
/// assert_eq!(error.to_string(), "subject: C: is not two letters (ISO 3166)");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("subject: {0}")]
pub struct SubjectError(pub(crate) SubjectFault);

impl From<SubjectFault> for SubjectError {
    fn from(fault: SubjectFault) -> Self {
        Self(fault)
    }
}

/// What is wrong with a distinguished name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SubjectFault {
    /// The bytes are not a name at all.
    #[error(transparent)]
    NotDer(#[from] der::Error),
    /// The name breaks a rule, perhaps in one field.
    #[error("{}{reason}", field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default())]
    Rule {
        field: Option<String>,
        reason: String,
    },
}

impl SubjectFault {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self::Rule {
            field: None,
            reason: reason.into(),
        }
    }

    pub(crate) fn of(kind: &ObjectIdentifier, reason: impl Into<String>) -> Self {
        let field = known(kind).map(|field| field.short_name().to_owned());
        Self::Rule {
            field: Some(field.unwrap_or_else(|| kind.to_string())),
            reason: reason.into(),
        }
    }

    pub(crate) fn unknown_field(field: &str) -> Self {
        let known = short_names();
        Self::Rule {
            field: Some(field.to_owned()),
            reason: format!("unknown field; use {known} or a dotted object identifier"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::request::DistinguishedName;

    #[test]
    fn the_field_is_named() {
        let told = |field, value| {
            let name = DistinguishedName::from_fields([(field, value)]);
            name.unwrap_err().to_string()
        };
        assert_eq!(told("commonName", " "), "subject: CN: is empty");
        assert_eq!(told("1.2.3", " "), "subject: 1.2.3: is empty");
        assert!(told("nickname", "a").starts_with("subject: nickname: unknown field; use C, "));
    }
}
