//! Certificates that a rule approves, without a person being asked.
//!
//! ```
//! use sapi_stock::AutoApprove;
//!
//! let settings = serde_json::from_str(r#"{"rules": {"web": {"client": "web*", "validity": "48h"}}}"#)?;
//! let hook = AutoApprove::open(&settings)?;
//! # Ok::<(), sapi::BoxError>(())
//! ```

mod field_patterns;
mod pattern;
mod rule;
mod suffix;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use sapi::async_trait;
use serde::Deserialize;

use crate::decided_by::DecidedBy;
use rule::{Rule, RuleSettings};
use sapi::{BoxError, DraftCertificate, Rejection, SigningContext, SigningHooks, Terms, Verdict};
use tally::Tally;

/// The table `[hooks.auto_approve]` of the settings.
///
/// ```
/// // In sapi.toml the same as TOML.
/// let settings: sapi_stock::auto_approve::Settings = serde_json::from_str(
///     r#"{"rules": {"web": {"client": "web*", "name_suffixes": [".example.com"], "validity": "48h"}}}"#,
/// )?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the counts of rules with `first` are kept; made if missing.
    folder: Option<PathBuf>,
    /// The policy that marks certificates a rule has approved, by its object identifier.
    mark: Option<String>,
    /// The rules by their names; the first of them, by the alphabet, that covers a request decides.
    rules: BTreeMap<String, RuleSettings>,
}

/// Grants what one of its rules covers, and abstains from everything else.
///
/// ```
/// # let settings = serde_json::from_str(r#"{"rules": {"web": {"client": "web*", "validity": "48h"}}}"#)?;
/// let auto = sapi_stock::AutoApprove::open(&settings)?;
/// # Ok::<(), sapi::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct AutoApprove {
    rules: BTreeMap<String, Rule>,
    tally: Option<Tally>,
    mark: Option<String>,
}

impl AutoApprove {
    /// Checks the rules, and opens the folder of their counts.
    ///
    /// # Errors
    ///
    /// When a rule is not of its form, or the folder is missing and cannot be made.
    ///
    /// ```
    /// # let settings = serde_json::from_str(r#"{"rules": {"all": {"client": "*", "validity": "1h", "first": 5}}}"#)?;
    /// let error = sapi_stock::AutoApprove::open(&settings).unwrap_err();
    /// assert_eq!(error.to_string(), "[hooks.auto_approve] rules.all: first needs a folder for the count: set folder");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn open(settings: &Settings) -> Result<Self, BoxError> {
        let fault = |what: String| format!("[hooks.auto_approve] {what}");
        if settings.rules.is_empty() {
            return Err(fault("rules: there are none".into()).into());
        }
        let mut rules = BTreeMap::new();
        for (name, rule) in &settings.rules {
            let fault = |what: &str| fault(format!("rules.{name}: {what}"));
            // A file gets this name.
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
                return Err(fault("the name of a rule is letters, digits, - and _").into());
            }
            if rule.first.is_some() && settings.folder.is_none() {
                return Err(fault("first needs a folder for the count: set folder").into());
            }
            let rule = Rule::new(rule).map_err(|error| fault(&error))?;
            rules.insert(name.clone(), rule);
        }
        if let Some(mark) = &settings.mark
            && der::asn1::ObjectIdentifier::new(mark).is_err()
        {
            return Err(fault(format!("mark: {mark:?} is not an object identifier")).into());
        }
        Ok(Self {
            rules,
            tally: settings.folder.as_deref().map(Tally::open).transpose()?,
            mark: settings.mark.clone(),
        })
    }

    /// Whether a rule may approve this request, counted or not.
    async fn admits(
        &self,
        name: &str,
        rule: &Rule,
        cx: &SigningContext,
    ) -> Result<bool, Rejection> {
        let (Some(first), Some(tally)) = (rule.first, self.tally.clone()) else {
            return Ok(rule.first.is_none());
        };
        let (name, client, sha256) = (name.to_owned(), cx.client().to_string(), cx.csr().sha256());
        // Of a rehearsal nothing stays.
        let count = !cx.rehearsal();
        let admits = move || tally.admits(&name, first, &client, &sha256, count);
        Ok(tokio::task::spawn_blocking(admits).await??)
    }
}

#[async_trait]
impl SigningHooks for AutoApprove {
    fn name(&self) -> &str {
        "auto-approve"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        for (name, rule) in &self.rules {
            if rule.covers(cx) && self.admits(name, rule, cx).await? {
                cx.insert(ByRule);
                cx.insert(DecidedBy(format!("rule {name}")));
                let terms = Terms::valid_for(rule.validity).with_requested_names(cx.csr());
                return Ok(Verdict::Grant(terms));
            }
        }
        Ok(Verdict::Abstain)
    }

    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        if let (Some(mark), Some(ByRule)) = (&self.mark, cx.get()) {
            draft.add_policy(mark)?;
        }
        Ok(())
    }
}

/// The note of a request that a rule has approved.
struct ByRule;
