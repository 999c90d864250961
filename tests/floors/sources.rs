//! The sources of one crate: every root in its `src`, and what its files use of each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::edges::Edges;
use super::rooms::Rooms;
use super::tree::Tree;
use super::uses::edges;

#[derive(Default)]
pub(super) struct Sources {
    pub(super) edges: Edges,
    pub(super) rooms: Rooms,
    /// Relative to the folder of sources; without unit tests.
    pub(super) files: BTreeSet<String>,
    /// What the checker does not understand.
    pub(super) faults: Vec<String>,
}

impl Sources {
    pub(super) fn read(src: &Path) -> Self {
        let mut sources = Self::default();
        for root in roots(src) {
            let tree = Tree::read(src, &root);
            let edges = edges(&tree);
            let lost = edges
                .lost()
                .map(|(file, path)| format!("{file}: {path} leads nowhere"));
            sources.faults.extend(lost);
            sources.edges.extend(edges);
            sources.faults.extend(tree.faults);
            for file in tree.files {
                sources.rooms.add(&file.path, &file.text);
                sources.files.insert(file.path);
            }
        }
        if sources.files.is_empty() {
            let fault = format!("{}: has neither lib.rs nor main.rs", src.display());
            sources.faults.push(fault);
        }
        sources
    }
}

/// `lib.rs`, `main.rs` and the programs in `bin/`.
fn roots(src: &Path) -> Vec<PathBuf> {
    let mut roots = vec![src.join("lib.rs"), src.join("main.rs")];
    if let Ok(programs) = fs::read_dir(src.join("bin")) {
        let programs = programs.map(|entry| entry.unwrap().path());
        roots.extend(programs.map(|path| match path.is_dir() {
            true => path.join("main.rs"),
            false => path,
        }));
    }
    roots.retain(|root| root.is_file());
    roots.sort();
    roots
}
