//! The crates of the workspace, and every file of Rust in it.

use std::fs;
use std::path::{Path, PathBuf};

/// The product uses none of these crates: circles do no harm in them.
const NOT_PRODUCT: [&str; 2] = ["tests", "benches"];

pub(super) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The members that `Cargo.toml` names, without tests and benches.
pub(super) fn product_crates() -> Vec<String> {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap().iter();
    let names = members.map(|member| member.as_str().unwrap().to_owned());
    names
        .filter(|name| !NOT_PRODUCT.contains(&name.as_str()))
        .collect()
}

/// All `.rs` files below the folder, except what a build wrote.
pub(super) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                found.extend(rust_files(&path));
            }
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
