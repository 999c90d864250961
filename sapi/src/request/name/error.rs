//! Why a distinguished name is not acceptable.

use std::fmt;

use der::asn1::ObjectIdentifier;

use super::fields::{known, short_names};

/// A distinguished name is not acceptable.
///
/// ```
/// let error = sapi::DistinguishedName::from_fields([("C", "USA")]).unwrap_err();
/// assert_eq!(error.to_string(), "subject: C: is not two letters (ISO 3166)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectError {
    field: Option<String>,
    reason: String,
    malformed: bool,
}

impl SubjectError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            field: None,
            reason: reason.into(),
            malformed: false,
        }
    }

    pub(crate) fn of(kind: &ObjectIdentifier, reason: impl Into<String>) -> Self {
        let field =
            known(kind).map_or_else(|| kind.to_string(), |field| field.short_name().to_owned());
        Self {
            field: Some(field),
            ..Self::new(reason)
        }
    }

    pub(crate) fn unknown_field(field: &str) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::new(format!(
                "unknown field; use {} or a dotted object identifier",
                short_names()
            ))
        }
    }

    /// Whether the bytes are not a name at all. False for a name that breaks a rule.
    pub(crate) fn is_malformed(&self) -> bool {
        self.malformed
    }
}

impl From<der::Error> for SubjectError {
    fn from(error: der::Error) -> Self {
        Self {
            malformed: true,
            ..Self::new(error.to_string())
        }
    }
}

impl fmt::Display for SubjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "subject: {field}: {}", self.reason),
            None => write!(f, "subject: {}", self.reason),
        }
    }
}

impl std::error::Error for SubjectError {}

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
