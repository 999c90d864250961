//! The checker itself: it finds each kind of fault, and accepts a sound tree.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::circles::{circle_faults, room_circle_faults};
use super::lengths::length_faults;
use super::levels::{floor_faults, order_faults};
use super::sources::Sources;

mod circle;
mod length;
mod look_up;

type Files<'a> = &'a [(&'a str, &'a str)];

#[test]
fn a_sound_tree_has_no_fault() {
    let files = [
        ("lib.rs", "pub use request::Csr;"),
        ("request/mod.rs", "pub use csr::Csr;\npub use pem::read;"),
        (
            "request/csr.rs",
            "use super::read; // not crate::hooks\npub struct Csr;\nfn f() { read() }",
        ),
        (
            "request/pem.rs",
            "pub fn read() {}\n#[cfg(test)]\nmod tests { use crate::testing::Harness; use super::super::Csr; }",
        ),
        (
            "hooks/mod.rs",
            "use crate::request::{Csr, pem::{self, read}};\npub struct Chain(Csr);\nfn f() { pem::read(); read() }",
        ),
        (
            "pipeline.rs",
            "use crate::{hooks::Chain, request::{Csr, pem as armour}};\nfn f(_: Chain, _: Csr) { armour::read() }",
        ),
        ("testing/mod.rs", "pub struct Harness;"),
        ("server/mod.rs", "use actix_web::web;\npub struct Server;"),
        ("server/config.rs", "pub fn read() {}"),
        (
            "command/mod.rs",
            "use crate::server::{Server, config};\nfn f() { config::read() }",
        ),
    ];
    let sources = read(&files);
    assert_none(&sources.faults);
    assert_none(&circle_faults(&sources.edges));
    assert_none(&room_circle_faults(&sources.edges));
    assert_none(&sources.rooms.faults(&sources.edges));
    let names = sources.files.iter().map(String::as_str);
    assert_none(&floor_faults(&sources.edges, names));
    assert_eq!(sources.files.len(), files.len());
}

#[test]
fn code_that_is_not_understood_is_a_fault() {
    for (content, fault) in [
        (
            "use super::Gone;",
            "request/csr.rs: super::Gone leads nowhere",
        ),
        (
            "fn f() { crate::hooks::f() }",
            "request/csr.rs: crate::hooks::f leads nowhere",
        ),
        (
            "mod gone;",
            "request/csr.rs: declares gone, which has no file",
        ),
        (
            "#[path = \"there.rs\"] mod elsewhere;",
            "request/csr.rs: says by #[path] where the module elsewhere lies",
        ),
        (
            "fn f( {}",
            "request/csr.rs: is not Rust: cannot parse string into token stream",
        ),
    ] {
        let faults = read(&[("request/csr.rs", content)]).faults;
        assert_eq!(faults, [fault], "{content}");
    }
}

fn read(files: Files) -> Sources {
    let tree = tempfile::tempdir().unwrap();
    for (path, content) in declared(files) {
        write(tree.path(), &path, &content);
    }
    Sources::read(tree.path())
}

/// Adds a `mod` for each file, and each `mod.rs` that is missing.
fn declared(files: Files) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([("lib.rs".to_owned(), String::new())]);
    for (path, content) in files {
        let own = all.entry((*path).to_owned()).or_default();
        *own = format!("{content}\n{own}");
        let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
        let parts: Vec<_> = module.split('/').filter(|part| *part != "lib").collect();
        for depth in 0..parts.len() {
            let above = match depth {
                0 => "lib.rs".to_owned(),
                _ => format!("{}/mod.rs", parts[..depth].join("/")),
            };
            let beside = format!("{}.rs", parts[..depth].join("/"));
            let above = if files.iter().any(|(path, _)| *path == beside) {
                beside
            } else {
                above
            };
            let declaring = all.entry(above).or_default();
            let declaration = format!("mod {};", parts[depth]);
            if !declaring.contains(&declaration) {
                declaring.push_str(&format!("{declaration}\n"));
            }
        }
    }
    all
}

fn write(folder: &Path, path: &str, content: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert_eq!(faults, Vec::<String>::new());
}
