//! What the fields of a subject must look like.

use std::collections::BTreeMap;

use sapi::DistinguishedName;
use serde::Deserialize;

use super::pattern::Pattern;

/// A pattern for each field that a subject may have, and must.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct FieldPatterns(BTreeMap<String, Pattern>);

impl FieldPatterns {
    pub(super) fn match_all(&self, subject: &DistinguishedName) -> bool {
        let Self(wanted) = self;
        let fits = |(field, value): (String, &str)| {
            let pattern = wanted.get(&field);
            pattern.is_some_and(|pattern| pattern.matches(value))
        };
        wanted.keys().all(|field| subject.get(field).is_some()) && subject.fields().all(fits)
    }
}
