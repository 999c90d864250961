//! The documents and shipped files say what the code does.

mod deployed;
mod documented;
mod links;
mod messages;

use std::fs;
use std::path::{Path, PathBuf};

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The documents that people read.
fn markdown() -> Vec<PathBuf> {
    let mut found = guides();
    for folder in [".", "docs", "template"] {
        found.extend(files(&repository(folder), "md", false));
    }
    found
}

fn guides() -> Vec<PathBuf> {
    files(&repository("docs/operators"), "md", true)
}

/// The sources of the product.
fn rust_sources() -> Vec<PathBuf> {
    let crates = [
        "sapi",
        "sapi-stock",
        "sapi-tools",
        "identity-tool",
        "client-tool",
    ];
    let folders = crates.map(|name| repository(name).join("src"));
    folders
        .iter()
        .flat_map(|folder| files(folder, "rs", true))
        .collect()
}

fn files(folder: &Path, ending: &str, deep: bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && deep {
            found.extend(files(&path, ending, deep));
        } else if path.extension().is_some_and(|own| own == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}
