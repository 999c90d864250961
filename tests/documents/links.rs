//! Every link of a document leads to a file, and its anchor to a heading.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::markdown;

/// The targets of the links in a document, without those in code blocks.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, part) in text.split("```").enumerate() {
        if number % 2 == 1 {
            continue;
        }
        for (place, _) in part.match_indices("](") {
            let rest = &part[place + 2..];
            let end = rest.find(')').expect("a link ends");
            found.push(rest[..end].to_owned());
        }
    }
    found
}

/// The anchors that a reader of Markdown makes of the headings.
fn anchors(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap();
    let outside = text.split("```").step_by(2).collect::<String>();
    let headings = outside.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter_map(|c| match c {
                ' ' => Some('-'),
                c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                _ => None,
            });
            kept.collect()
        })
        .collect()
}

fn faults(document: &Path) -> Vec<String> {
    let text = fs::read_to_string(document).unwrap();
    let folder = document.parent().unwrap();
    let mut faults = Vec::new();
    for link in links(&text) {
        if link.contains("://") || link.starts_with("mailto:") {
            continue;
        }
        let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
        let target = match file {
            "" => document.to_owned(),
            file => folder.join(file),
        };
        if !target.exists() {
            faults.push(format!("{}: {link}: no such file", document.display()));
        } else if !anchor.is_empty() && !anchors(&target).contains(anchor) {
            faults.push(format!("{}: {link}: no such heading", document.display()));
        }
    }
    faults
}

#[test]
fn every_link_leads_somewhere() {
    let documents: Vec<PathBuf> = markdown();
    assert!(documents.len() > 20, "{documents:?}");
    let faults: Vec<_> = documents.iter().flat_map(|path| faults(path)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn a_broken_link_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.md");
    let text = "# A heading, with `code`\n[here](#a-heading-with-code) [gone](#nowhere) [missing](no.md)\n";
    fs::write(&page, text).unwrap();
    let found = faults(&page).join("\n");
    assert!(
        found.contains("#nowhere") && found.contains("no.md"),
        "{found}"
    );
    assert!(!found.contains("#a-heading"), "{found}");
}
