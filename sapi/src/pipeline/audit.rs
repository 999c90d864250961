//! One line in the log for each decision.

use std::fmt::Write;

use der::DateTime;

use super::metrics::Metrics;
use crate::certificate::{IssuedCertificate, SerialNumber};
use crate::hooks::{HookTime, Rejection, SigningContext};
use crate::request::Peer;

/// What the audit line says beyond its context and outcome.
#[derive(Default)]
pub(crate) struct Audit {
    issued: Option<Issued>,
}

struct Issued {
    serial: SerialNumber,
    subject: String,
    names: String,
    not_after: String,
}

impl Audit {
    /// From here on a certificate exists, whether or not the client gets it.
    pub(crate) fn issued(&mut self, certificate: &IssuedCertificate) {
        let names: Vec<_> = certificate
            .names()
            .iter()
            .map(ToString::to_string)
            .collect();
        let not_after = DateTime::from_system_time(certificate.not_after());
        self.issued = Some(Issued {
            serial: certificate.serial().clone(),
            subject: certificate.subject().to_string(),
            names: names.join(" "),
            not_after: not_after.map(|time| time.to_string()).unwrap_or_default(),
        });
    }

    /// The serial number of the certificate, once there is one.
    pub(crate) fn serial(&self) -> Option<&SerialNumber> {
        self.issued.as_ref().map(|issued| &issued.serial)
    }

    pub(crate) fn write(
        &self,
        cx: &SigningContext,
        outcome: &Result<IssuedCertificate, Rejection>,
        metrics: &Metrics,
    ) {
        let (verdict, slug, cause) = match outcome {
            Ok(_) => ("issued", "issued", String::new()),
            Err(rejection) if self.issued.is_some() => {
                ("withheld", rejection.slug(), rejection.cause())
            }
            Err(rejection @ Rejection::Pending { .. }) => {
                ("pending", rejection.slug(), rejection.cause())
            }
            Err(rejection) => ("refused", rejection.slug(), rejection.cause()),
        };
        let times = cx.times();
        metrics.decided(slug);
        times.iter().for_each(|time| metrics.hook_ran(time));
        let issued = self.issued.as_ref();
        tracing::info!(
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
            hooks = written(&times),
        );
    }
}

#[cfg(feature = "server")]
/// The line of a request that no hook has seen.
pub(crate) fn refused_unseen(
    metrics: &Metrics,
    request_id: &str,
    client: &str,
    peer: &Peer,
    body_sha256: &str,
    slug: &'static str,
    cause: &str,
) {
    metrics.decided(slug);
    tracing::info!(
        target: TARGET,
        request_id,
        client,
        peer = address(peer),
        request_sha256 = body_sha256,
        outcome = "refused",
        slug,
        cause,
    );
}

fn address(peer: &Peer) -> Option<String> {
    peer.address().map(|address| address.to_string())
}

/// `members.authorize=0.113ms journal.postsign=2.054ms`
fn written(times: &[HookTime]) -> String {
    let mut text = String::new();
    for time in times {
        let space = if text.is_empty() { "" } else { " " };
        let milliseconds = time.took.as_secs_f64() * 1000.0;
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{space}{}.{}={milliseconds:.3}ms",
            time.hook, time.method
        );
    }
    text
}

/// The target of audit lines, by which a log is filtered.
pub(crate) const TARGET: &str = "sapi::audit";
