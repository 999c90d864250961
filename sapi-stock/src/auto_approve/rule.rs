//! One rule: who may have what without a person being asked.

use sapi::policy::Subject;
use sapi::{AltName, SigningContext, Validity};
use serde::Deserialize;

use super::field_patterns::FieldPatterns;
use super::pattern::Pattern;
use super::suffix::Suffix;

/// The table of a rule, `[hooks.auto_approve.rules.<name>]`. A request must meet all of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleSettings {
    /// Which clients.
    client: Pattern,
    /// The fields that the subject may have, and must. Absent: a common name that is the client or a granted name.
    subject: Option<FieldPatterns>,
    /// Names that may be asked for.
    #[serde(default)]
    names: Vec<AltName>,
    /// Host names below these domains, and mailboxes in them, may be asked for; wildcards may not.
    #[serde(default)]
    name_suffixes: Vec<String>,
    /// How long a certificate is valid.
    validity: Validity,
    /// How many requests this rule may ever approve. Absent: any number.
    pub(super) first: Option<usize>,
}

/// A rule whose settings are checked.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    client: Pattern,
    subject: Option<FieldPatterns>,
    names: Vec<AltName>,
    suffixes: Vec<Suffix>,
    pub(super) validity: Validity,
    pub(super) first: Option<usize>,
}

impl Rule {
    /// The error says what is wrong in the settings, at the start and not at the first request.
    pub(super) fn new(settings: &RuleSettings) -> Result<Self, String> {
        let suffixes = settings.name_suffixes.iter().map(|text| Suffix::new(text));
        Ok(Self {
            client: settings.client.clone(),
            subject: settings.subject.clone(),
            names: settings.names.clone(),
            suffixes: suffixes.collect::<Result<_, _>>()?,
            validity: settings.validity,
            first: settings.first,
        })
    }

    pub(super) fn covers(&self, cx: &SigningContext) -> bool {
        self.client.matches(cx.client().as_str())
            && cx.csr().names().iter().all(|name| self.allows(name))
            && self.allows_subject(cx)
    }

    fn allows(&self, name: &AltName) -> bool {
        self.names.contains(name) || self.suffixes.iter().any(|suffix| suffix.allows(name))
    }

    /// The subject is granted as requested, so every field of it is checked.
    fn allows_subject(&self, cx: &SigningContext) -> bool {
        match &self.subject {
            None => Subject::none().common_name_is_own().check(cx).is_ok(),
            Some(patterns) => patterns.match_all(cx.csr().subject()),
        }
    }
}
