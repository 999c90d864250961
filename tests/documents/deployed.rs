//! Compares the files in `deploy/` with the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sapi::internals::{problems, settings_keys};

/// The settings in a shipped file: those that are set, and those shown behind a `#` without a space.
struct Shipped {
    set: BTreeMap<String, toml::Value>,
    commented: BTreeMap<String, toml::Value>,
}

impl Shipped {
    fn read(name: &str) -> Self {
        let text = repository(&format!("deploy/{name}"));
        let shown = |line: &str| {
            let line = line.strip_prefix('#').filter(|rest| !rest.starts_with(' '));
            line.map(str::to_owned)
        };
        // Both documents keep the tables; each key goes to one of them.
        let is_table = |line: &str| line.starts_with('[');
        let commented: Vec<String> = text
            .lines()
            .filter_map(|line| shown(line).or_else(|| is_table(line).then(|| line.to_owned())))
            .collect();
        Self {
            set: flat(&text),
            commented: flat(&commented.join("\n")),
        }
    }
}

fn repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn flat(text: &str) -> BTreeMap<String, toml::Value> {
    fn into(prefix: &str, table: toml::Table, all: &mut BTreeMap<String, toml::Value>) {
        for (key, value) in table {
            let key = if prefix.is_empty() {
                key
            } else {
                format!("{prefix}.{key}")
            };
            match value {
                toml::Value::Table(table) => into(&key, table, all),
                value => assert!(all.insert(key, value).is_none()),
            }
        }
    }
    let mut all = BTreeMap::new();
    let table: toml::Table = text
        .parse()
        .unwrap_or_else(|error| panic!("{error}: {text}"));
    into("", table, &mut all);
    all
}

fn of_a_hook(key: &str) -> bool {
    key.starts_with("hooks.") && key.matches('.').count() > 1
}

const FILES: [&str; 2] = ["sapi.toml", "sapi.dev.toml"];

#[test]
fn every_key_is_taught_and_every_taught_key_is_known() {
    for file in FILES {
        let shipped = Shipped::read(file);
        for (key, ..) in settings_keys() {
            let taught = shipped.set.contains_key(key) || shipped.commented.contains_key(key);
            assert!(taught, "{file} does not teach {key}");
        }
        for key in shipped.set.keys().chain(shipped.commented.keys()) {
            let known = settings_keys().iter().any(|(known, ..)| known == key);
            assert!(
                known || of_a_hook(key),
                "{file} teaches {key}, which is not a key"
            );
        }
    }
}

#[test]
fn commented_keys_show_the_default() {
    let keys = settings_keys().into_iter();
    let set = keys.filter(|(_, default, _)| !default.is_empty());
    let lines: Vec<_> = set
        .map(|(key, default, _)| format!("{key} = {default}"))
        .collect();
    let defaults = flat(&lines.join("\n"));
    for file in FILES {
        for (key, shown) in Shipped::read(file).commented {
            if let Some(default) = defaults.get(&key) {
                assert_eq!(&shown, default, "{file}: {key}");
            }
        }
    }
}

#[test]
fn openapi_lists_exactly_the_problems() {
    let text = repository("deploy/openapi.yaml");
    let enumeration = text.split("    ProblemType:\n").nth(1).unwrap();
    let enumeration = enumeration.split("    ProxyProblemType:\n").next().unwrap();
    let listed: BTreeSet<&str> = enumeration
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- urn:sapi:problem:"))
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    let known: BTreeSet<&str> = problems().into_iter().map(|(slug, _)| slug).collect();
    assert_eq!(listed, known);
    assert_eq!(known.len(), problems().len(), "a slug appears twice");
}

#[test]
fn openapi_knows_every_status() {
    let text = repository("deploy/openapi.yaml");
    for (_, status) in problems() {
        assert!(text.contains(&format!("        '{status}':\n")), "{status}");
    }
}

/// Every text in double quotes in the bodies of the functions `slug` of a source.
fn slugs(source: &str) -> Vec<String> {
    let text = repository(source);
    let bodies = text.split("fn slug(").skip(1);
    let bodies = bodies.map(|rest| {
        rest.split("\n    }\n")
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    bodies
        .flat_map(|body| {
            body.split('"')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_slug_has_its_status() {
    for source in [
        "sapi/src/request/csr_error.rs",
        "sapi/src/request/key/error.rs",
        "sapi/src/hooks/rejection.rs",
    ] {
        let slugs = slugs(source);
        assert!(slugs.len() > 3, "{source}: {slugs:?}");
        for slug in slugs {
            // Waiting is not a problem: its answer is 202.
            let known = slug == "pending" || problems().iter().any(|(known, _)| *known == slug);
            assert!(known, "{source}: {slug} has no status");
        }
    }
}
