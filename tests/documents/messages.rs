//! The guides quote messages. Every message that they quote is in the code.

use std::fs;

use super::{guides, repository, rust_sources};

/// The quotes in the first column of the tables whose first column is "it says".
fn quotes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let Some(cells) = line.strip_prefix('|') else {
            inside = false;
            continue;
        };
        let first = cells.split('|').next().unwrap_or_default();
        if first.trim() == "it says" {
            inside = true;
        } else if inside && !first.contains("---") && !first.contains("(systemd)") {
            found.extend(first.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// A message as it can be compared: what varies is cut out, and so are the escapes of Rust.
fn fixed_parts(quote: &str) -> Vec<String> {
    let quote = quote
        .replace("..", "\u{0}")
        .replace(char::is_numeric, "\u{0}");
    let parts = quote.split(['\u{0}', ':']).map(str::trim);
    let parts = parts.filter(|part| part.len() > 5);
    parts.map(str::to_owned).collect()
}

#[test]
fn every_quoted_message_is_in_the_code() {
    let mut code = String::new();
    for path in rust_sources() {
        let text = fs::read_to_string(path).unwrap();
        // A text that goes on in the next line.
        let mut lines = text.lines().map(str::trim_start);
        for line in lines.by_ref() {
            code.push_str(line.strip_suffix('\\').unwrap_or(line));
        }
    }
    let (mut checked, mut faults) = (0, Vec::new());
    for guide in guides() {
        let text = fs::read_to_string(&guide).unwrap();
        for quote in quotes(&text) {
            for part in fixed_parts(&quote) {
                checked += 1;
                let of_the_system = SYSTEM.iter().any(|known| part.contains(known));
                if !of_the_system && !code.contains(&part) {
                    faults.push(format!("{}: {part:?} of {quote:?}", guide.display()));
                }
            }
        }
    }
    assert!(checked > 30, "only {checked} messages were found");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// What the operating system says, or who wrote the file.
const SYSTEM: [&str; 3] = [
    "Permission denied",
    "Operation not permitted",
    "journal.jsonl",
];

#[test]
fn the_fields_of_the_audit_line_are_those_of_the_guide() {
    let code = fs::read_to_string(repository("sapi/src/pipeline/audit.rs")).unwrap();
    let event = code.split("target: TARGET,").nth(1).unwrap();
    let event = event.split("            )\n").next().unwrap();
    let guide = fs::read_to_string(repository("docs/operators/running.md")).unwrap();
    let mut fields = 0;
    for line in event.lines().map(str::trim) {
        let name: String = line
            .chars()
            .take_while(|c| c.is_ascii_lowercase() || *c == '_')
            .collect();
        let of_a_field = line[name.len()..].starts_with([' ', ',']) && !name.is_empty();
        if of_a_field {
            fields += 1;
            assert!(
                guide.contains(&format!("`{name}`")),
                "running.md lacks {name}"
            );
        }
    }
    assert!(fields > 8, "{fields}");
}

#[test]
fn the_floors_are_the_same_everywhere() {
    let lib = fs::read_to_string(repository("sapi/src/lib.rs")).unwrap();
    let modules = lib.lines().filter_map(|line| {
        let line = line.trim_start_matches("pub ");
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    let listed: Vec<_> = modules.map(|module| format!("`{module}`")).collect();
    for document in ["docs/DESIGN.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(repository(document)).unwrap();
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&listed.join(" < ")), "{document}: {listed:?}");
    }
}
