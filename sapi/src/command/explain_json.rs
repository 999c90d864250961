//! What `explain --json` prints: one object.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::certificate::DraftCertificate;
use crate::pipeline::Observation;
use crate::request::{ClientId, CsrError};
use crate::server::endpoint::observed::unacceptable;

pub(super) fn print(seen: &Observation) -> io::Result<()> {
    let (cx, csr) = (seen.context(), seen.context().csr());
    let peer = cx.peer();
    let certificate = peer.certificate().map(|certificate| {
        let subject = certificate.as_openssl().subject_name();
        format!("{subject:?}")
    });
    let calls = seen.calls().into_iter().map(|call| {
        json!({
            "hook": call.hook(),
            "method": call.method(),
            "answer": call.answer(),
            "milliseconds": call.took().as_secs_f64() * 1000.0,
        })
    });
    let differences = seen.differences().into_iter();
    let differences = differences.map(|it| json!({"what": it.what(), "why": it.why()}));
    write(&json!({
        "client": cx.client().as_str(),
        "rehearsal": cx.rehearsal(),
        "peer": {
            "address": peer.address().map(|address| address.to_string()),
            "certificate": certificate,
        },
        "request": {
            "sha256": csr.sha256(),
            "subject": csr.subject().to_string(),
            "names": texts(csr.names()),
            "key": csr.key_kind().to_string(),
            "key_sha256": csr.public_key_sha256(),
        },
        "calls": calls.collect::<Vec<_>>(),
        "terms": seen.terms().map(|terms| json!({
            "validity": terms.validity().to_string(),
            "names": texts(terms.names()),
        })),
        "draft": seen.drafted().map(draft),
        "presigned": seen.presigned().map(draft),
        "differences": differences.collect::<Vec<_>>(),
        "decision": seen.decision(),
        "cause": seen.rejection().map(|rejection| rejection.in_words()),
        "status": seen.status(),
        "answer": seen.body(),
    }))
}

/// Prints a request that was refused before any hook saw it.
pub(super) fn print_unacceptable(client: &ClientId, error: &CsrError) -> io::Result<()> {
    let (status, answer) = unacceptable("rehearsal", error);
    write(&json!({
        "client": client.as_str(),
        "rehearsal": true,
        "decision": error.slug(),
        "cause": error.to_string(),
        "status": status,
        "answer": answer,
    }))
}

fn write(value: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{value:#}")?;
    out.flush()
}

/// Each property with all its values.
fn draft(draft: &DraftCertificate) -> BTreeMap<&'static str, Vec<String>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (key, value) in draft.rows() {
        all.entry(key).or_default().push(value);
    }
    all
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
