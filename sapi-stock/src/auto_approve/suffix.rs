//! The end of a name, by which a rule allows many.

use std::slice;

use sapi::AltName;
use sapi::policy::{Names, RuleError};

/// `.example.com` allows the hosts below that domain, and `@example.com` the mailboxes at it.
#[derive(Clone, Debug)]
pub(super) struct Suffix {
    names: Names,
    domain: String,
}

impl Suffix {
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let not_a_host = |error: RuleError| format!("name_suffixes: {error}");
        let (names, domain) = if let Some(domain) = text.strip_prefix('.') {
            (Names::none().dns_under(domain), domain)
        } else if let Some(domain) = text.strip_prefix('@') {
            (Names::none().email_at(domain), domain)
        } else {
            return Err(format!(
                "name_suffixes: {text:?} must begin with . (host names) or @ (mailboxes)"
            ));
        };
        Ok(Self {
            names: names.map_err(not_a_host)?,
            domain: domain.to_owned(),
        })
    }

    /// The domain itself is not below itself.
    pub(super) fn allows(&self, name: &AltName) -> bool {
        self.names.check(slice::from_ref(name)).is_ok()
            && !name.value().eq_ignore_ascii_case(&self.domain)
    }
}
