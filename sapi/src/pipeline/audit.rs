//! The audit log: one line for each decision.

use std::fmt::Write;

use super::metrics::Metrics;
use super::trail::Trail;
use crate::certificate::IssuedCertificate;
use crate::hooks::{HookCall, Rejection, SigningContext};
use crate::request::Peer;

/// Writes the line of a request that the road has decided about. A failure inside is an error, which the
/// operator should see; every other decision is the service at work.
pub(super) fn write(
    cx: &SigningContext,
    trail: &Trail,
    outcome: &Result<IssuedCertificate, Rejection>,
    metrics: &Metrics,
) {
    let (verdict, slug, cause) = match outcome {
        Ok(_) => ("issued", "issued", String::new()),
        Err(rejection) if trail.issued().is_some() => {
            ("withheld", rejection.slug(), rejection.cause())
        }
        Err(rejection @ Rejection::Pending { .. }) => {
            ("pending", rejection.slug(), rejection.cause())
        }
        Err(rejection) => ("refused", rejection.slug(), rejection.cause()),
    };
    let calls = cx.calls();
    metrics.decided(slug);
    calls.iter().for_each(|call| metrics.hook_ran(call));
    let issued = trail.issued();
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                target: TARGET,
                request_id = cx.request_id(),
                client = cx.client().as_str(),
                peer = address(cx.peer()),
                request_sha256 = cx.csr().sha256(),
                key_sha256 = cx.csr().public_key_sha256(),
                outcome = verdict,
                slug,
                cause = (!cause.is_empty()).then_some(cause),
                serial = issued.map(|issued| tracing::field::display(&issued.serial)),
                subject = issued.map(|issued| issued.subject.as_str()),
                names = issued.map(|issued| issued.names.as_str()),
                not_after = issued.map(|issued| issued.not_after.as_str()),
                hooks = written(&calls),
            )
        };
    }
    match outcome {
        Err(Rejection::Failed { .. } | Rejection::Withheld { .. }) => line!(error),
        _ => line!(info),
    }
}

/// A request that was refused before any hook saw it.
#[cfg(feature = "server")]
pub(crate) struct Unseen<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) client: &'a str,
    pub(crate) peer: &'a Peer,
    /// SHA-256 of the body in hex; empty if no body was read.
    pub(crate) body_sha256: &'a str,
}

#[cfg(feature = "server")]
impl Unseen<'_> {
    /// Writes its line, and counts it.
    pub(crate) fn refused(&self, metrics: &Metrics, slug: &'static str, cause: &str) {
        metrics.decided(slug);
        tracing::info!(
            target: TARGET,
            request_id = self.request_id,
            client = self.client,
            peer = address(self.peer),
            request_sha256 = self.body_sha256,
            outcome = "refused",
            slug,
            cause,
        );
    }
}

fn address(peer: &Peer) -> Option<String> {
    peer.address().map(|address| address.to_string())
}

/// `members.authorize=0.113ms journal.postsign=2.054ms`
fn written(calls: &[HookCall]) -> String {
    let mut text = String::new();
    for call in calls {
        let space = if text.is_empty() { "" } else { " " };
        let milliseconds = call.took.as_secs_f64() * 1000.0;
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{space}{}.{}={milliseconds:.3}ms",
            call.hook, call.method
        );
    }
    text
}

/// The target of audit lines, for log filters.
pub(crate) const TARGET: &str = "sapi::audit";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn hooks_are_written_with_their_milliseconds() {
        let call = |method, microseconds| HookCall {
            hook: "members".into(),
            method,
            took: Duration::from_micros(microseconds),
            answer: String::new(),
        };
        let calls = [call("authorize", 113), call("postsign", 2054)];
        assert_eq!(
            written(&calls),
            "members.authorize=0.113ms members.postsign=2.054ms"
        );
        assert_eq!(written(&[]), "");
    }

    #[test]
    #[cfg(feature = "server")]
    fn what_no_hook_has_seen_is_counted_too() {
        let metrics = Metrics::default();
        let unseen = Unseen {
            request_id: "1",
            client: "web01",
            peer: &Peer::local(),
            body_sha256: "",
        };
        unseen.refused(&metrics, "empty-body", "");
        let mut counted = Vec::new();
        metrics.each_decision(|slug, count| counted.push((slug, count)));
        assert_eq!(counted, [("empty-body", 1)]);
    }
}
