//! The differences between a certificate and its request, and why they exist.

use std::time::Duration;

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Reader, SliceReader};

use super::trail::Witnessed;
use crate::certificate::DraftCertificate;
use crate::encoding::oids::SUBJECT_ALT_NAME;
use crate::hooks::SigningContext;
use crate::request::AltName;

/// One difference: something that only the request or only the certificate contains, and why.
///
/// ```no_run
/// # fn f(seen: &sapi::Observation) {
/// for difference in seen.differences() {
///     println!("{}: {}", difference.what(), difference.why());
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    what: String,
    why: &'static str,
}

impl Difference {
    /// What differs: `DNS:www.example.com`, `subject`, `extension 2.5.29.37`.
    ///
    /// ```no_run
    /// # fn f(difference: &sapi::Difference) { println!("{}", difference.what()); }
    /// ```
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Why it differs: who added it or left it out.
    ///
    /// ```no_run
    /// # fn f(difference: &sapi::Difference) { println!("{}", difference.why()); }
    /// ```
    #[must_use]
    pub fn why(&self) -> &str {
        self.why
    }
}

/// Compares a request with its draft. Without a draft the list is empty.
pub(super) fn between(cx: &SigningContext, witnessed: &Witnessed) -> Vec<Difference> {
    let mut found = Vec::new();
    let Some(drafted) = &witnessed.drafted else {
        return found;
    };
    let last = witnessed.presigned.as_ref().unwrap_or(drafted);
    let mut add = |what: String, why| found.push(Difference { what, why });

    let asked = cx.csr().names();
    for name in asked.iter().filter(|name| !has(last, name)) {
        let why = match has(drafted, name) {
            true => "was asked for and granted, and presign took it away",
            false => "was asked for and is not in the terms of authorize",
        };
        add(name.to_string(), why);
    }
    for name in last.names().iter().filter(|name| !asked.contains(name)) {
        let why = match has(drafted, name) {
            true => "was not asked for; the terms of authorize have it",
            false => "was not asked for; presign added it",
        };
        add(name.to_string(), why);
    }
    if last.subject() != cx.csr().subject() {
        let what = format!("subject {}", cx.csr().subject());
        add(what, "was asked for; presign set another");
    }
    if let Some(terms) = &witnessed.terms {
        let end = cx.received_at().checked_add(terms.validity().duration());
        // Certificates know whole seconds only.
        let before = |wanted| drafted.not_after() + Duration::from_secs(1) <= wanted;
        if end.is_none_or(before) {
            add(
                format!("validity {}", terms.validity()),
                "was granted; certificate.max_validity or the end of the CA cut it",
            );
        }
    }
    if last.not_after() < drafted.not_after() {
        add("not after".into(), "presign made it earlier");
    }
    let (before, after) = (drafted.rows(), last.rows());
    for (key, value) in after.iter().filter(|row| !before.contains(row)) {
        if !OWN_ROWS.contains(key) {
            add(format!("{key} {value}"), "presign added it");
        }
    }
    for (key, value) in before.iter().filter(|row| !after.contains(row)) {
        if !OWN_ROWS.contains(key) {
            add(format!("{key} {value}"), "presign took it away");
        }
    }
    for kind in requested_extensions(cx) {
        add(
            format!("extension {kind}"),
            "was asked for; extensions are never taken over, hooks and profile set them",
        );
    }
    found
}

fn has(draft: &DraftCertificate, name: &AltName) -> bool {
    draft.names().contains(name)
}

/// Every requested extension except the alternative names, which are compared one by one.
fn requested_extensions(cx: &SigningContext) -> Vec<ObjectIdentifier> {
    let values = cx.csr().attribute(EXTENSION_REQUEST).unwrap_or_default();
    let mut kinds = Vec::new();
    // The strict reader has already read these bytes, so decoding cannot fail halfway.
    let _ = SliceReader::new(values).and_then(|mut reader| {
        reader.sequence(|list| {
            while !list.is_finished() {
                list.sequence(|extension| {
                    kinds.push(ObjectIdentifier::decode(extension)?);
                    while !extension.is_finished() {
                        AnyRef::decode(extension)?;
                    }
                    Ok::<_, der::Error>(())
                })?;
            }
            Ok::<_, der::Error>(())
        })
    });
    kinds.retain(|kind| *kind != SUBJECT_ALT_NAME);
    kinds
}

/// The rows that `between` describes in its own words.
const OWN_ROWS: [&str; 3] = ["name", "subject", "not after"];
const EXTENSION_REQUEST: &str = "1.2.840.113549.1.9.14";
