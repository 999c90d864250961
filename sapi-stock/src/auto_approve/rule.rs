//! One rule: who may have what without a person being asked.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pattern::Pattern;
use crate::text::{all_parsed, parsed};
use sapi::{AltName, CertRequest, ClientId, Validity};

/// The table of a rule, `[hooks.auto_approve.rules.<name>]`. A request must meet all of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Which clients.
    #[serde(deserialize_with = "parsed")]
    client: Pattern,
    /// The fields that the subject may have, and must. Absent: a common name that is the client or a granted name.
    #[serde(default, deserialize_with = "fields")]
    subject: Option<BTreeMap<String, Pattern>>,
    /// Names that may be asked for.
    #[serde(default, deserialize_with = "all_parsed")]
    names: Vec<AltName>,
    /// Host names below these domains, and mailboxes in them, may be asked for; wildcards may not.
    #[serde(default)]
    name_suffixes: Vec<String>,
    /// How long a certificate is valid.
    #[serde(deserialize_with = "parsed")]
    pub(super) validity: Validity,
    /// How many requests this rule may ever approve. Absent: any number.
    pub(super) first: Option<usize>,
}

impl Rule {
    /// What is wrong with it, to be heard at the start and not at the first request.
    pub(super) fn check(&self) -> Result<(), String> {
        for suffix in &self.name_suffixes {
            let name = suffix.strip_prefix(['.', '@']).ok_or_else(|| {
                format!("name_suffixes: {suffix:?} must begin with . (host names) or @ (mailboxes)")
            })?;
            AltName::Dns(name.to_owned())
                .check()
                .map_err(|error| format!("name_suffixes: {error}"))?;
        }
        Ok(())
    }

    pub(super) fn covers(&self, client: &ClientId, csr: &CertRequest) -> bool {
        self.client.matches(client.as_str())
            && csr.names().iter().all(|name| self.allows(name))
            && self.allows_subject(client, csr)
    }

    fn allows(&self, name: &AltName) -> bool {
        let below = |name: &str, kind: char| {
            let name = name.to_ascii_lowercase();
            self.name_suffixes
                .iter()
                .filter(|suffix| suffix.starts_with(kind))
                .any(|suffix| name.ends_with(&suffix.to_ascii_lowercase()))
        };
        self.names.contains(name)
            || match name {
                AltName::Dns(host) => !host.starts_with('*') && below(host, '.'),
                AltName::Email(mailbox) => below(mailbox, '@'),
                _ => false,
            }
    }

    /// The subject is granted as requested, so nothing in it may go unseen.
    fn allows_subject(&self, client: &ClientId, csr: &CertRequest) -> bool {
        let mut fields = csr.subject().fields();
        match &self.subject {
            None => fields.all(|(field, value)| {
                // Much software takes a common name for a host name.
                let granted = |name: &AltName| name.value() == value;
                field == "CN" && (value == client.as_str() || csr.names().iter().any(granted))
            }),
            Some(wanted) => {
                let has = |field: &String| csr.subject().get(field).is_some();
                wanted.keys().all(has)
                    && fields.all(|(field, value)| {
                        wanted
                            .get(&field)
                            .is_some_and(|pattern| pattern.matches(value))
                    })
            }
        }
    }
}

fn fields<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<BTreeMap<String, Pattern>>, D::Error> {
    let texts = BTreeMap::<String, String>::deserialize(from)?;
    let pattern = |(field, text): (String, String)| match text.parse() {
        Ok(pattern) => (field, pattern),
        Err(never) => match never {},
    };
    Ok(Some(texts.into_iter().map(pattern).collect()))
}
