//! The alert rules and the dashboard: checked by promtool, and against the metrics that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sapi_tests::program::program;
use sapi_tests::tool::run;

use super::{page, place, request, text};

fn deploy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../deploy")
        .join(name)
}

fn promtool(arguments: &[&str], file: &Path) -> sapi_tests::tool::Outcome {
    let mut command = program("promtool");
    run(command.args(arguments).arg(file))
}

#[test]
fn promtool_accepts_the_rules_and_refuses_a_slip() {
    let rules = deploy("prometheus/sapi.rules.yml");
    let outcome = promtool(&["check", "rules"], &rules).expect(0);
    assert!(outcome.stdout.contains("SUCCESS"), "{}", outcome.stdout);
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.yml");
    let text = fs::read_to_string(&rules).unwrap();
    fs::write(
        &broken,
        text.replacen("sapi_ready == 0", "sapi_ready === 0", 1),
    )
    .unwrap();
    promtool(&["check", "rules"], &broken).expect(1);
}

#[test]
fn the_rules_fire_when_they_should_and_only_then() {
    promtool(
        &["test", "rules"],
        &deploy("prometheus/sapi.rules.test.yml"),
    )
    .expect(0);
}

/// Every `sapi_...` word in a text.
fn metrics_in(text: &str) -> BTreeSet<String> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let words = text.split(word).filter(|word| word.starts_with("sapi_"));
    words.map(str::to_owned).collect()
}

#[test]
fn rules_dashboard_and_guide_speak_of_metrics_that_exist() {
    let place = place("");
    let _shell = place.start();
    super::client::Client::put_once(&place.socket(), "web01", &request()).unwrap();
    let shown = metrics_in(&text(&page(&place, "/metrics")));
    for name in [
        "prometheus/sapi.rules.yml",
        "grafana/sapi.json",
        "../docs/operators/running.md",
    ] {
        let used = metrics_in(&fs::read_to_string(deploy(name)).unwrap());
        assert!(used.len() > 4, "{name}: {used:?}");
        let unknown: Vec<_> = used
            .iter()
            .filter(|metric| {
                !shown
                    .iter()
                    .any(|shown| shown == *metric || shown.starts_with(&format!("{metric}_")))
            })
            .collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
    }
    // The guide explains every metric.
    let guide = metrics_in(&fs::read_to_string(deploy("../docs/operators/running.md")).unwrap());
    for metric in &shown {
        let family = ["_bucket", "_sum", "_count"];
        let family = family
            .iter()
            .find_map(|end| metric.strip_suffix(end))
            .unwrap_or(metric);
        let family_or_counter = family.strip_suffix("_total").unwrap_or(family);
        let told = |name: &str| guide.contains(name);
        let known = told(family)
            || told(&format!("{family_or_counter}_total"))
            || told(&format!("{family}_info"));
        assert!(known, "running.md does not explain {metric}");
    }
}

#[test]
fn the_dashboard_is_json_with_a_query_in_every_panel() {
    let text = fs::read_to_string(deploy("grafana/sapi.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let panels = json["panels"].as_array().unwrap();
    assert!(panels.len() >= 8);
    for panel in panels {
        let title = panel["title"].as_str().unwrap();
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            // Replace Grafana's own variables as Grafana does.
            let query = query
                .replace("$__rate_interval", "5m")
                .replace("$instance", ".*");
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("query.yml");
            let rule = serde_json::json!({"groups": [{"name": "x", "rules": [{"record": "x", "expr": query}]}]});
            fs::write(&file, rule.to_string()).unwrap();
            let outcome = promtool(&["check", "rules"], &file);
            assert_eq!(outcome.code, Some(0), "{title}: {}", outcome.stderr);
        }
    }
}
