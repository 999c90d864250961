//! `/metrics`, read by Prometheus' own Python parser.

use std::io::Write;
use std::process::Stdio;

use sapi_tests::python;
use sapi_tests::running::Running;
use sapi_tests::shell::Place;
use sapi_tests::tool::finish;
use serde_json::Value;

use super::client::Client;
use super::{page, place, request, text};

/// Prints what the strict OpenMetrics parser reads.
const PARSE: &str = r"
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
print(json.dumps([
    [family.name, family.type, family.unit, [[s.name, s.labels, s.value] for s in family.samples]]
    for family in text_string_to_metric_families(sys.stdin.read())
]))
";

/// All samples as `[name, labels, value]`, after the parser has accepted the page.
fn parsed(place: &Place) -> Vec<Value> {
    let reply = page(place, "/metrics");
    assert_eq!(reply.status, 200);
    let kind = reply.header("content-type").unwrap();
    assert_eq!(
        kind,
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    let mut parser = python::command();
    parser.args(["-c", PARSE]).stdin(Stdio::piped());
    let mut child = Running::start(parser.stdout(Stdio::piped()).stderr(Stdio::piped()));
    child.stdin.take().unwrap().write_all(&reply.body).unwrap();
    let outcome = finish(child).expect(0);
    let families: Vec<Value> = serde_json::from_str(&outcome.stdout).unwrap();
    let samples = families
        .iter()
        .flat_map(|family| family[3].as_array().unwrap());
    samples.cloned().collect()
}

#[track_caller]
fn value(samples: &[Value], name: &str, labels: &[(&str, &str)]) -> f64 {
    let wanted = |sample: &&Value| {
        sample[0] == name && labels.iter().all(|(key, value)| sample[1][key] == *value)
    };
    let found: Vec<_> = samples.iter().filter(wanted).collect();
    assert_eq!(found.len(), 1, "{name} {labels:?}: {found:?}");
    found[0][2].as_f64().unwrap()
}

#[test]
fn everything_is_counted_and_prometheus_can_read_it() {
    let place = place("");
    let shell = place.start();
    let put = |client: &str| {
        let answer = Client::put_once(&place.socket(), client, &request()).unwrap();
        answer.status
    };
    for (client, status) in [
        ("web01", 200),
        ("web02", 200),
        ("deny", 403),
        ("later", 202),
        ("withhold", 500),
    ] {
        assert_eq!(put(client), status);
    }
    assert_eq!(
        Client::put_once(&place.socket(), "x", "nonsense")
            .unwrap()
            .status,
        400
    );
    assert_eq!(shell.curl("/elsewhere", &[]).status, 404);
    assert_eq!(shell.curl("/api/csr/web01", &[]).status, 405);

    let samples = parsed(&place);
    for (code, count) in [
        ("200", 2.0),
        ("202", 1.0),
        ("400", 1.0),
        ("403", 1.0),
        ("404", 1.0),
        ("405", 1.0),
        ("500", 1.0),
        ("503", 0.0),
        ("other", 0.0),
    ] {
        assert_eq!(
            value(&samples, "sapi_requests_total", &[("code", code)]),
            count,
            "{code}"
        );
    }
    for (slug, count) in [
        ("issued", 2.0),
        ("denied", 1.0),
        ("pending", 1.0),
        ("withheld", 1.0),
        ("not-a-request", 1.0),
        ("overloaded", 0.0),
    ] {
        assert_eq!(
            value(&samples, "sapi_decisions_total", &[("slug", slug)]),
            count,
            "{slug}"
        );
    }
    for (phase, count) in [
        ("authorize", 5.0),
        ("serial_number", 3.0),
        ("presign", 3.0),
        ("postsign", 3.0),
    ] {
        let labels = [("hook", "obedient"), ("phase", phase)];
        assert_eq!(
            value(&samples, "sapi_hook_seconds_count", &labels),
            count,
            "{phase}"
        );
        assert!(value(&samples, "sapi_hook_seconds_sum", &labels) > 0.0);
    }
    assert_eq!(value(&samples, "sapi_sign_seconds_count", &[]), 3.0);
    assert_eq!(
        value(&samples, "sapi_sign_seconds_bucket", &[("le", "+Inf")]),
        3.0
    );
    for name in [
        "sapi_sign_queue",
        "sapi_sign_running",
        "sapi_requests_in_flight",
    ] {
        assert_eq!(value(&samples, name, &[]), 0.0, "{name}");
    }
    assert_eq!(
        value(&samples, "sapi_requests_in_flight_limit", &[]),
        1024.0
    );
    assert_eq!(value(&samples, "sapi_ready", &[]), 1.0);
    assert_eq!(
        value(
            &samples,
            "sapi_build_info",
            &[("version", env!("CARGO_PKG_VERSION"))]
        ),
        1.0
    );

    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    let until = value(&samples, "sapi_identity_not_after_timestamp_seconds", &[]);
    let certificate = std::fs::read(place.file("ca.cert.pem")).unwrap();
    let certificate = openssl::x509::X509::from_pem(&certificate).unwrap();
    let left = openssl::asn1::Asn1Time::days_from_now(0).unwrap();
    let left = left.diff(certificate.not_after()).unwrap();
    let expected = now + f64::from(left.days) * 86_400.0 + f64::from(left.secs);
    assert!((until - expected).abs() < 5.0, "{until} {expected}");
    let tested = value(&samples, "sapi_self_test_timestamp_seconds", &[]);
    let started = value(&samples, "process_start_time_seconds", &[]);
    assert!(
        started <= tested && tested <= now + 1.0,
        "{started} {tested} {now}"
    );

    // No label names a client or a request.
    let page = text(&page(&place, "/metrics"));
    assert!(
        !page.contains("web01") && !page.contains("client="),
        "{page}"
    );
}

#[test]
fn names_of_hooks_are_escaped_and_what_is_not_known_yet_is_left_out() {
    let place = place("");
    let _shell = place.start();
    let samples = parsed(&place);
    assert!(
        samples
            .iter()
            .all(|sample| sample[0] != "sapi_hook_seconds_count")
    );
    assert_eq!(
        value(&samples, "sapi_decisions_total", &[("slug", "issued")]),
        0.0
    );
}

#[test]
fn the_guide_lists_exactly_the_metrics() {
    let place = place("");
    let _shell = place.start();
    // The times of hooks appear once a hook has run.
    Client::put_once(&place.socket(), "web01", &request()).unwrap();
    let page = text(&page(&place, "/metrics"));
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let mut shown: Vec<_> = types
        .map(|rest| match rest.split_once(' ').unwrap() {
            (name, "counter") => format!("{name}_total"),
            (name, "info") => format!("{name}_info"),
            (name, _) => name.to_owned(),
        })
        .collect();
    shown.sort();

    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operators/running.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let table = guide.split("| metric | labels | what |").nth(1).unwrap();
    let rows = table.split("\n\n").next().unwrap().lines();
    let names = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    let mut listed: Vec<_> = names.map(str::to_owned).collect();
    listed.sort();
    assert_eq!(listed, shown);
}
