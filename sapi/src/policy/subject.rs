//! Which subjects are allowed.

use super::RuleError;
use crate::hooks::{Rejection, SigningContext};
use crate::request::canonical_field;

/// Which fields a subject may have, and with what in them; any other field is refused. Without a rule only
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
    /// Allows the empty subject alone.
    ///
    /// ```
    /// let empty = sapi::policy::Subject::none();
    /// ```
    pub fn none() -> Self {
        Self::default()
    }

    /// The field may be there, with anything in it.
    ///
    /// # Errors
    ///
    /// [`RuleError`] when there is no such field.
    ///
    /// ```
    /// assert!(sapi::policy::Subject::none().allowing("OU").is_ok());
    /// assert!(sapi::policy::Subject::none().allowing("Unit").is_err());
    /// ```
    pub fn allowing(self, field: &str) -> Result<Self, RuleError> {
        self.with(field, Rule::Any)
    }

    /// The field must be there, with this in it and nothing else.
    ///
    /// # Errors
    ///
    /// [`RuleError`] when there is no such field.
    ///
    /// ```
    /// let subject = sapi::policy::Subject::none().requiring("C", "SE")?;
    /// # Ok::<(), sapi::policy::RuleError>(())
    /// ```
    pub fn requiring(self, field: &str, value: &str) -> Result<Self, RuleError> {
        self.with(field, Rule::Fixed(value.to_owned()))
    }

    /// A common name may be there: the client's identifier, or one of the names that the request asks for,
    /// which are to be checked with [`Names`](super::Names). Much software takes a common name for a host name.
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
    /// A denial, whose reason says which field broke which rule, for the client to read.
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
                    "subject: {required} is missing, which must be {value:?}"
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
            .ok_or_else(|| RuleError::new(field, "is no field of a subject such as CN, O, OU"))?;
        self.rules.push((known, rule));
        Ok(self)
    }
}

fn denied<T>(reason: String) -> Result<T, Rejection> {
    Err(Rejection::denied(reason))
}
