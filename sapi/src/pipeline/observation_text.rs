//! An observation as text for people, stop by stop.

use std::fmt;
use std::time::Duration;

use super::observation::Observation;
use crate::encoding::printable::{ascii, line};
use crate::hooks::HookCall;

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cx, csr) = (self.context(), self.context().csr());
        row(f, "client", cx.client())?;
        if let Some(address) = cx.peer().address() {
            row(f, "peer", address)?;
        }
        if let Some(certificate) = cx.peer().certificate() {
            let subject = certificate.as_openssl().subject_name();
            row(f, "peer's certificate", format!("{subject:?}"))?;
        }
        title(f, "request")?;
        row(f, "sha-256", csr.sha256())?;
        row(f, "subject", csr.subject())?;
        for name in csr.names() {
            row(f, "name", name)?;
        }
        row(f, "key", csr.key_kind())?;
        row(f, "key sha-256", csr.public_key_sha256())?;

        let calls = self.calls();
        stop(f, "authorize", &calls)?;
        if let Some(terms) = self.terms() {
            row(f, "terms", terms)?;
        }
        stop(f, "serial_number", &calls)?;
        if let Some(drafted) = self.drafted() {
            title(f, "draft")?;
            block(f, drafted)?;
        }
        stop(f, "presign", &calls)?;
        if let Some(presigned) = self
            .presigned()
            .filter(|draft| Some(*draft) != self.drafted())
        {
            title(f, "draft after presign")?;
            block(f, presigned)?;
        }
        stop(f, "postsign", &calls)?;

        let differences = self.differences();
        if !differences.is_empty() {
            title(f, "what differs from the request")?;
            for difference in differences {
                writeln!(f, "  {}: {}", ascii(difference.what()), difference.why())?;
            }
        }
        title(f, "decision")?;
        match self.rejection() {
            None => writeln!(f, "  issued"),
            Some(rejection) => writeln!(f, "  {}", line(&rejection.in_words())),
        }
    }
}

fn title(f: &mut fmt::Formatter<'_>, title: &str) -> fmt::Result {
    writeln!(f, "\n{title}")
}

fn row(f: &mut fmt::Formatter<'_>, key: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {key:<18}  {}", ascii(&value.to_string()))
}

fn block(f: &mut fmt::Formatter<'_>, lines: impl fmt::Display) -> fmt::Result {
    let lines = lines.to_string();
    lines.lines().try_for_each(|line| writeln!(f, "  {line}"))
}

/// Writes the calls of one method, or nothing if it was not called.
fn stop(f: &mut fmt::Formatter<'_>, method: &str, calls: &[HookCall]) -> fmt::Result {
    let mut calls = calls.iter().filter(|call| call.method == method).peekable();
    if calls.peek().is_some() {
        title(f, method)?;
    }
    calls.try_for_each(|call| {
        let answer = format!("{} ({})", call.answer, milliseconds(call.took));
        // The words of a hook may be in any language.
        writeln!(f, "  {:<18}  {}", call.hook, line(&answer))
    })
}

fn milliseconds(took: Duration) -> String {
    format!("{:.3} ms", took.as_secs_f64() * 1000.0)
}
