//! Compares the tables in `docs/operators/` with the code.

use std::fs;
use std::path::Path;

use sapi::internals::{problems, settings_keys};

/// Returns the cells of each table row on a page that begins with a backtick.
fn rows(page: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operators");
    let text = fs::read_to_string(path.join(page)).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

#[test]
fn every_setting_is_listed_with_its_default_and_when_it_takes_effect() {
    let listed: Vec<_> = rows("settings.md")
        .into_iter()
        .map(|cells| cells[..3].to_vec())
        .collect();
    let known: Vec<_> = settings_keys()
        .into_iter()
        .map(|(key, default, reloaded)| {
            let default = match (key, default) {
                ("http.workers" | "signing.threads", "") => "cores".to_owned(),
                (_, "") => "none".to_owned(),
                (_, default) => format!("`{default}`"),
            };
            let when = if reloaded { "reload" } else { "restart" };
            vec![format!("`{key}`"), default, when.to_owned()]
        })
        .collect();
    assert_eq!(listed, known);
}

#[test]
fn every_problem_is_listed_with_its_status() {
    let listed: Vec<_> = rows("problems.md")
        .into_iter()
        .map(|cells| cells[..2].to_vec())
        .collect();
    let row = |slug: &str, status: u16| vec![format!("`{slug}`"), status.to_string()];
    let problems = problems().into_iter();
    let mut known: Vec<_> = problems.map(|(slug, status)| row(slug, status)).collect();
    // nginx's problems are in openapi.yaml only.
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/openapi.yaml");
    let openapi = fs::read_to_string(openapi).unwrap();
    let of_nginx = openapi.split("    ProxyProblemType:\n").nth(1).unwrap();
    for line in of_nginx.lines() {
        if let Some(rest) = line.trim().strip_prefix("- urn:sapi:problem:") {
            let (slug, comment) = rest.split_once('#').unwrap();
            let status = comment.split(':').next().unwrap().trim().parse();
            known.push(row(slug.trim(), status.unwrap()));
        }
    }
    assert_eq!(listed, known);
}
