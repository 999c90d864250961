//! `Subject`: which subjects a policy allows.

use super::RuleError;
use crate::hooks::{Rejection, SigningContext};
use crate::request::canonical_field;

/// Which fields a subject may have, and with which values. Any other field is refused. Without rules only
/// the empty subject is allowed.
///
/// ```
/// use sapi::policy::Subject;
///
/// let subject = Subject::none().requiring("O", "Example")?.allowing("OU")?.common_name_is_own();
/// # Ok::<(), sapi::policy::RuleError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Subject {
    rules: Vec<(String, Rule)>,
}

#[derive(Clone, Debug)]
enum Rule {
    Any,
    Fixed(String),
    Own,
}

impl Subject {
    /// Allows only the empty subject.
    ///
    /// ```
    /// let empty = sapi::policy::Subject::none();
    /// ```
    pub fn none() -> Self {
        Self::default()
    }

    /// Allows the field with any value.
    ///
    /// # Errors
    ///
    /// [`RuleError`] if the field is not known.
    ///
    /// ```
    /// assert!(sapi::policy::Subject::none().allowing("OU").is_ok());
    /// assert!(sapi::policy::Subject::none().allowing("Unit").is_err());
    /// ```
    pub fn allowing(self, field: &str) -> Result<Self, RuleError> {
        self.with(field, Rule::Any)
    }

    /// Requires the field with exactly this value.
    ///
    /// # Errors
    ///
    /// [`RuleError`] if the field is not known.
    ///
    /// ```
    /// let subject = sapi::policy::Subject::none().requiring("C", "SE")?;
    /// # Ok::<(), sapi::policy::RuleError>(())
    /// ```
    pub fn requiring(self, field: &str, value: &str) -> Result<Self, RuleError> {
        self.with(field, Rule::Fixed(value.to_owned()))
    }

    /// Allows a common name that is the client's identifier or one of the requested names. Check these names
    /// with [`Names`](super::Names), because much software treats a common name as a host name.
    ///
    /// ```
    /// let subject = sapi::policy::Subject::none().common_name_is_own();
    /// ```
    pub fn common_name_is_own(mut self) -> Self {
        self.rules.push(("CN".into(), Rule::Own));
        self
    }

    /// Checks the subject of a request.
    ///
    /// # Errors
    ///
    /// A denial. Its reason tells the client which field breaks which rule.
    ///
    /// ```
    /// # use sapi::{Rejection, SigningContext, policy::Subject};
    /// # fn f(subject: &Subject, cx: &SigningContext) -> Result<(), Rejection> {
    /// subject.check(cx)?;
    /// # Ok(()) }
    /// ```
    pub fn check(&self, cx: &SigningContext) -> Result<(), Rejection> {
        let fields: Vec<_> = cx.csr().subject().fields().collect();
        for (field, value) in &fields {
            self.check_field(cx, field, value)?;
        }
        for (required, rule) in &self.rules {
            let there = fields.iter().any(|(field, _)| field == required);
            if let (Rule::Fixed(value), false) = (rule, there) {
                return denied(format!(
                    "subject: {required} is missing; it must be {value:?}"
                ));
            }
        }
        Ok(())
    }

    fn check_field(&self, cx: &SigningContext, field: &str, value: &str) -> Result<(), Rejection> {
        let rule = self.rules.iter().find(|(known, _)| known == field);
        match rule.map(|(_, rule)| rule) {
            None => denied(format!("subject: {field} is not allowed")),
            Some(Rule::Any) => Ok(()),
            Some(Rule::Fixed(only)) if value == only => Ok(()),
            Some(Rule::Fixed(only)) => denied(format!("subject: {field}={value} must be {only:?}")),
            Some(Rule::Own) => {
                let asked = cx.csr().names().iter();
                let own =
                    cx.client() == value || asked.into_iter().any(|name| name.value() == value);
                match own {
                    true => Ok(()),
                    false => denied(format!(
                        "subject: {field}={value} is neither the client's identifier nor one of the names asked for"
                    )),
                }
            }
        }
    }

    fn with(mut self, field: &str, rule: Rule) -> Result<Self, RuleError> {
        let known = canonical_field(field)
            .ok_or_else(|| RuleError::new(field, "is not a subject field such as CN, O, OU"))?;
        self.rules.push((known, rule));
        Ok(self)
    }
}

fn denied<T>(reason: String) -> Result<T, Rejection> {
    Err(Rejection::denied(reason))
}
