//! Reads the sources: no module looks up to a higher floor, and no file grows too long.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn the_sources_keep_to_their_floors() {
    let faults = floor_faults(&workspace().join("sapi/src"));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_source_file_is_too_long() {
    let members = [
        "sapi",
        "sapi-hooks-example",
        "identity-tool",
        "new-shell",
        "client-tool",
        "examples",
    ];
    let faults: Vec<_> = members
        .iter()
        .flat_map(|member| length_faults(&workspace().join(member).join("src")))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn lib_rs_declares_the_floors_in_their_order() {
    let lib = fs::read_to_string(workspace().join("sapi/src/lib.rs")).unwrap();
    assert_eq!(order_faults(&lib), Vec::<String>::new());
}

/// What may be used from above: everything on a lower line, and on the same.
const FLOORS: [&[&str]; 9] = [
    &["request"],
    &["certificate"],
    &["identity"],
    &["hooks"],
    &["policy"],
    &["pipeline"],
    &["testing", "bench"],
    &["stock"],
    &["server", "operator", "command"],
];

/// Crates that only the highest floor may use.
const ONLY_ABOVE: [&str; 2] = ["actix_web", "config"];

const MOST_LINES: usize = 400;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn floor_faults(src: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for file in rust_files(src) {
        let path = file.strip_prefix(src).unwrap();
        let modules = module_path(path);
        let Some(top) = modules.first() else { continue };
        let shown = path.display();
        if modules.len() > 1 && path.ends_with("tests.rs") {
            continue; // unit tests in a file of their own
        }
        let Some(own) = floor_of(top) else {
            faults.push(format!("{shown}: is on no floor"));
            continue;
        };
        let code = code_of(&fs::read_to_string(&file).unwrap());
        for used in used_from_root(&code, modules.len()) {
            match floor_of(&used) {
                None => faults.push(format!(
                    "{shown}: takes {used} from the crate root, not from its floor"
                )),
                Some(floor) if floor > own => {
                    faults.push(format!("{shown}: looks up to {used}"));
                }
                Some(_) => {}
            }
        }
        for krate in ONLY_ABOVE {
            if own + 1 < FLOORS.len() && uses_crate(&code, krate) {
                faults.push(format!("{shown}: uses {krate}, which is for the server"));
            }
        }
    }
    faults
}

fn length_faults(src: &Path) -> Vec<String> {
    let long = |file: PathBuf| {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        (lines > MOST_LINES).then(|| format!("{}: has {lines} lines", file.display()))
    };
    rust_files(src).into_iter().filter_map(long).collect()
}

fn order_faults(lib: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut highest = 0;
    for line in lib.lines() {
        let declared = line.trim_start_matches("pub ").strip_prefix("mod ");
        let Some(module) = declared.and_then(|rest| rest.strip_suffix(';')) else {
            continue;
        };
        match floor_of(module) {
            None => faults.push(format!("lib.rs: {module} is on no floor")),
            Some(floor) if floor < highest => {
                faults.push(format!("lib.rs: {module} is declared above its floor"));
            }
            Some(floor) => highest = floor,
        }
    }
    faults
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// `request/csr.rs` is `request::csr`, `request/mod.rs` is `request`, `lib.rs` is nothing.
fn module_path(path: &Path) -> Vec<String> {
    let path = path.with_extension("");
    let parts = path.iter().map(|part| part.to_str().unwrap().to_owned());
    parts
        .filter(|part| part != "mod" && part != "lib")
        .collect()
}

/// The code without comments and unit tests: those may use the testing kit.
fn code_of(source: &str) -> String {
    let end = source
        .find("#[cfg(test)]\nmod tests")
        .unwrap_or(source.len());
    let lines = source[..end].lines();
    let code = lines.map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}

/// The first names of all paths that begin at the crate root, by `crate::` or by enough `super::`.
fn used_from_root(code: &str, depth: usize) -> Vec<String> {
    let climb = "super::".repeat(depth);
    let mut used = Vec::new();
    for root in ["crate::", &climb] {
        for (place, _) in code.match_indices(root) {
            let before = code[..place].chars().next_back();
            // `$crate::`, `some_crate::` and the rest of a longer climb are counted elsewhere or not at all.
            if before.is_some_and(|c| c.is_alphanumeric() || "_$:".contains(c)) {
                continue;
            }
            let rest = code[place + root.len()..].trim_start_matches("super::");
            match rest.strip_prefix('{') {
                Some(group) => used.extend(first_names(group)),
                None => used.push(name_at(rest)),
            }
        }
    }
    used
}

/// The first names in `a::{b, c}, d}`: `a` and `d`.
fn first_names(group: &str) -> Vec<String> {
    let (mut names, mut depth, mut fresh) = (Vec::new(), 0usize, true);
    for (place, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && !c.is_whitespace() => {
                names.push(name_at(&group[place..]));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

fn name_at(text: &str) -> String {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    text[..end.unwrap_or(text.len())].to_owned()
}

/// Whether a path begins with the crate's name: `config::File`, `use config`, not `self::config::x`.
fn uses_crate(code: &str, krate: &str) -> bool {
    code.match_indices(krate).any(|(place, _)| {
        let before = &code[..place];
        let after = &code[place + krate.len()..];
        let begins =
            !before.ends_with(|c: char| c.is_alphanumeric() || c == '_') && !before.ends_with("::");
        begins && (after.starts_with("::") || before.ends_with("use "))
    })
}

#[cfg(test)]
mod checker {
    use super::*;

    fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
        let tree = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = tree.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let mut faults = floor_faults(tree.path());
        faults.extend(length_faults(tree.path()).into_iter().map(|fault| {
            let root = format!("{}/", tree.path().display());
            fault.replace(&root, "")
        }));
        faults
    }

    #[test]
    fn a_sound_tree_has_no_fault() {
        let faults = faults_of(&[
            ("lib.rs", "mod request;\npub use request::Csr;\n"),
            ("request/mod.rs", "mod csr;\npub use csr::Csr;\n"),
            ("request/csr.rs", "use super::Csr; // not crate::hooks\n"),
            ("hooks/mod.rs", "use crate::request::{Csr, pem};\n"),
            (
                "pipeline.rs",
                "use crate::{hooks::Chain, request::{Csr, hex}};\n",
            ),
            (
                "server/mod.rs",
                "use actix_web::web;\nuse crate::command::x;\n",
            ),
            (
                "request/names.rs",
                "fn f() {}\n#[cfg(test)]\nmod tests { use crate::testing::Harness; }\n",
            ),
        ]);
        assert_eq!(faults, Vec::<String>::new());
    }

    #[test]
    fn every_kind_of_fault_is_found() {
        for (path, content, fault) in [
            (
                "request/csr.rs",
                "use crate::hooks::Chain;",
                "request/csr.rs: looks up to hooks",
            ),
            (
                "pipeline.rs",
                "fn f() { crate::server::x() }",
                "pipeline.rs: looks up to server",
            ),
            (
                "certificate/tbs.rs",
                "use crate::{\n    request::{Csr, pem},\n    pipeline::Road,\n};",
                "certificate/tbs.rs: looks up to pipeline",
            ),
            (
                "request/csr.rs",
                "use super::super::identity::Identity;",
                "request/csr.rs: looks up to identity",
            ),
            (
                "request/mod.rs",
                "use super::hooks;",
                "request/mod.rs: looks up to hooks",
            ),
            (
                "hooks/mod.rs",
                "use crate::CertRequest;",
                "hooks/mod.rs: takes CertRequest from the crate root, not from its floor",
            ),
            ("attic/mod.rs", "", "attic/mod.rs: is on no floor"),
            (
                "pipeline.rs",
                "use actix_web::web;",
                "pipeline.rs: uses actix_web, which is for the server",
            ),
            (
                "stock/mod.rs",
                "fn f() { config::Config::builder(); }",
                "stock/mod.rs: uses config, which is for the server",
            ),
        ] {
            assert_eq!(faults_of(&[(path, content)]), [fault], "{content}");
        }
        let long = "\n".repeat(401);
        assert_eq!(
            faults_of(&[("request/mod.rs", &long)]),
            ["request/mod.rs: has 401 lines"]
        );
        assert!(faults_of(&[("request/mod.rs", &long[1..])]).is_empty());
    }

    #[test]
    fn the_order_in_lib_rs_is_read() {
        assert!(
            order_faults("mod request;\n\npub mod testing;\nmod server;\nmod command;").is_empty()
        );
        assert_eq!(
            order_faults("mod hooks;\nmod request;"),
            ["lib.rs: request is declared above its floor"]
        );
        assert_eq!(order_faults("mod attic;"), ["lib.rs: attic is on no floor"]);
    }
}
