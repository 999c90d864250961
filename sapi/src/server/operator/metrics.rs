//! The metrics page: counters and times as OpenMetrics text.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};

use super::readiness::unready;
use crate::pipeline::histogram::Histogram;
use crate::server::endpoint::problem::PROBLEMS;
use crate::server::endpoint::put_csr::Endpoint;
use crate::server::process::health::timestamp;

/// Renders the whole page. Without an endpoint, the service is still starting.
pub(crate) fn render(endpoint: Option<Arc<Endpoint>>) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Page(endpoint)));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

struct Page(Option<Arc<Endpoint>>);

impl Collector for Page {
    fn encode(&self, mut to: DescriptorEncoder) -> fmt::Result {
        build(&mut to)?;
        let Some(endpoint) = &self.0 else {
            return gauge(&mut to, "sapi_ready", READY_HELP, 0.0);
        };
        answers(&mut to, endpoint)?;
        hooks(&mut to, endpoint)?;
        signing(&mut to, endpoint)?;
        load(&mut to, endpoint)?;
        state(&mut to, endpoint)
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

fn build(to: &mut DescriptorEncoder) -> fmt::Result {
    let labels = [
        ("version", env!("CARGO_PKG_VERSION")),
        ("openssl", openssl::version::version()),
    ];
    to.encode_descriptor(
        "sapi_build",
        "The versions that this program is built from",
        None,
        MetricType::Info,
    )?
    .encode_info(&labels)
}

fn answers(to: &mut DescriptorEncoder, endpoint: &Endpoint) -> fmt::Result {
    let help = "Answers of the endpoint by HTTP status";
    let mut family = counter(to, "sapi_requests", help)?;
    let mut outcome = Ok(());
    endpoint.answers.each(|code, count| {
        outcome = outcome.and_then(|()| one(&mut family, &[("code", code)], count));
    });
    outcome?;

    let help = "Decisions by slug: issued, or the kind of problem";
    let mut family = counter(to, "sapi_decisions", help)?;
    // Every slug is shown, zeros too, so that a rate exists from the first decision of a kind on.
    let slugs = PROBLEMS.iter().map(|problem| problem.slug);
    let slugs = ["issued", "pending"].into_iter().chain(slugs);
    let mut counts: BTreeMap<_, _> = slugs.map(|slug| (slug, 0)).collect();
    let metrics = endpoint.pipeline.metrics();
    metrics.each_decision(|slug, count| {
        counts.insert(slug, count);
    });
    counts
        .into_iter()
        .try_for_each(|(slug, count)| one(&mut family, &[("slug", slug)], count))
}

fn hooks(to: &mut DescriptorEncoder, endpoint: &Endpoint) -> fmt::Result {
    let mut family = to.encode_descriptor(
        "sapi_hook",
        "Time in one method of a hook",
        Some(&Unit::Seconds),
        MetricType::Histogram,
    )?;
    let mut outcome = Ok(());
    let metrics = endpoint.pipeline.metrics();
    metrics.each_hook(|hook, phase, times| {
        let labels = [("hook", hook), ("phase", phase)];
        outcome = outcome.and_then(|()| histogram(&mut family.encode_family(&labels)?, times));
    });
    outcome
}

fn signing(to: &mut DescriptorEncoder, endpoint: &Endpoint) -> fmt::Result {
    let mut family = to.encode_descriptor(
        "sapi_sign",
        "Time on a signing thread: rendering, signing, verifying",
        Some(&Unit::Seconds),
        MetricType::Histogram,
    )?;
    histogram(&mut family, endpoint.pipeline.metrics().signing())?;
    let pool = endpoint.pipeline.pool();
    let waiting = "Requests waiting for a signing thread";
    gauge(to, "sapi_sign_queue", waiting, pool.waiting() as f64)?;
    let running = "Signing threads that are busy";
    gauge(to, "sapi_sign_running", running, pool.running() as f64)
}

fn load(to: &mut DescriptorEncoder, endpoint: &Endpoint) -> fmt::Result {
    let here = endpoint.in_progress.load(Ordering::Acquire);
    let flying = here.max(endpoint.pipeline.in_flight());
    let help = "Requests in progress, including those whose client has hung up";
    gauge(to, "sapi_requests_in_flight", help, flying as f64)?;
    let help = "Requests beyond this number are refused (http.max_in_flight)";
    let most = endpoint.http.max_in_flight;
    gauge(to, "sapi_requests_in_flight_limit", help, most as f64)
}

fn state(to: &mut DescriptorEncoder, endpoint: &Endpoint) -> fmt::Result {
    let ready = unready(endpoint, SystemTime::now()).is_none();
    gauge(to, "sapi_ready", READY_HELP, f64::from(u8::from(ready)))?;
    let until = timestamp(endpoint.pipeline.issuer().not_after());
    let help = "When the CA's certificate ends";
    time(to, "sapi_identity_not_after_timestamp", help, until)?;
    let health = &endpoint.health;
    let last = health.last_signature_timestamp();
    let help = "When signing was last seen to work";
    time(to, "sapi_self_test_timestamp", help, last)?;
    let help = "When the process was started";
    time(to, "process_start_time", help, health.start_timestamp())?;

    let mut family = counter(to, "sapi_reloads", "Reloads by SIGHUP")?;
    let [failed, done] = health.reloads();
    one(&mut family, &[("outcome", "failed")], failed)?;
    one(&mut family, &[("outcome", "done")], done)
}

fn counter<'a>(
    to: &'a mut DescriptorEncoder<'_>,
    name: &'a str,
    help: &str,
) -> Result<MetricEncoder<'a>, fmt::Error> {
    to.encode_descriptor(name, help, None, MetricType::Counter)
}

fn one(family: &mut MetricEncoder, labels: &[(&str, &str); 1], count: u64) -> fmt::Result {
    let none: Option<&prometheus_client::metrics::exemplar::Exemplar<NoLabelSet, f64>> = None;
    family.encode_family(labels)?.encode_counter(&count, none)
}

fn gauge(to: &mut DescriptorEncoder, name: &str, help: &str, value: f64) -> fmt::Result {
    to.encode_descriptor(name, help, None, MetricType::Gauge)?
        .encode_gauge(&value)
}

fn time(to: &mut DescriptorEncoder, name: &str, help: &str, value: f64) -> fmt::Result {
    to.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Gauge)?
        .encode_gauge(&value)
}

fn histogram(family: &mut MetricEncoder, times: &Histogram) -> fmt::Result {
    let buckets = times.buckets();
    let count = buckets.iter().map(|(_, count)| count).sum();
    let sum = times.sum().as_secs_f64();
    family.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
}

const READY_HELP: &str = "Whether requests should be sent here, as /readyz says";
