//! The documents keep up with the code.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    text
}

/// The search box of the documentation finds the new name for an old one.
#[test]
fn every_name_of_ssl_api_finds_its_successor() {
    let design = fs::read_to_string(root().join("docs/DESIGN.md")).unwrap();
    let table = design.split("| ssl_api | sapi |").nth(1).unwrap();
    let table = table.split("\n\n").next().unwrap();
    let code = sources(&root().join("sapi/src"));
    let mut names = 0;
    for row in table
        .lines()
        .filter(|row| row.starts_with("| ") && !row.starts_with("| ---"))
    {
        let old = row.split('|').nth(1).unwrap();
        for name in old.split('`').skip(1).step_by(2) {
            let name = name.split('(').next().unwrap();
            let alias = format!("doc(alias = \"{name}\")");
            let kept = format!("fn {name}(");
            assert!(
                code.contains(&alias) || code.contains(&kept),
                "{name} has no #[doc(alias)]"
            );
            names += 1;
        }
    }
    assert!(names > 15, "{names}: the table is not where it was");
}

/// All Rust that the guide shows comes from files that are compiled and tested.
#[test]
fn the_guide_shows_code_that_is_tested() {
    let guide = fs::read_to_string(root().join("docs/integrators.md")).unwrap();
    let policy = fs::read_to_string(root().join("template/src/policy.rs")).unwrap();
    let main = fs::read_to_string(root().join("template/src/main.rs")).unwrap();
    let members = fs::read_to_string(root().join("sapi-hooks-example/src/members.rs")).unwrap();
    let mut blocks = 0;
    for block in guide.split("```rust\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for line in block
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && *line != "// ...")
        {
            assert!(
                policy.contains(line) || main.contains(line) || members.contains(line),
                "neither in the template nor in the example: {line}"
            );
        }
        blocks += 1;
    }
    assert!(blocks >= 3, "{blocks}");
}

#[test]
fn every_link_of_the_guides_leads_somewhere() {
    for guide in ["docs/integrators.md", "docs/stability.md"] {
        let path = root().join(guide);
        let text = fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                assert!(
                    path.parent().unwrap().join(target).exists(),
                    "{guide}: {target}"
                );
            }
        }
    }
}
