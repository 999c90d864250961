//! Reads the sources: no module looks up to a higher floor, no file imports in a circle or grows too long.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

mod circles;
mod edges;
mod imports;
mod lengths;
mod levels;
mod names;
mod numbered;
mod place;
mod resolve;
mod rooms;
mod sources;
mod test_code;
mod token_paths;
mod tree;
mod uses;
mod workspace;

use sources::Sources;
use workspace::{product_crates, rust_files, workspace};

#[test]
fn the_sources_keep_to_their_floors() {
    let sapi = &product()["sapi"];
    let files = sapi.files.iter().map(String::as_str);
    none(levels::floor_faults(&sapi.edges, files));
}

#[test]
fn lib_rs_declares_the_floors_in_their_order() {
    let lib = fs::read_to_string(workspace().join("sapi/src/lib.rs")).unwrap();
    none(levels::order_faults(&lib));
}
