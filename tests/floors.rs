//! Reads the sources: no file looks up, no files import in a circle, no file grows too long.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

mod checker;
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
mod variables;
mod workspace;

use circles::{circle_faults, room_circle_faults};
use sources::Sources;
use workspace::{product_crates, rust_files, workspace};

#[test]
fn no_module_of_sapi_looks_up_to_a_higher_floor() {
    let sapi = &product()["sapi"];
    let files = sapi.files.iter().map(String::as_str);
    assert_none(&levels::floor_faults(&sapi.edges, files));
}

#[test]
fn lib_rs_declares_the_floors_in_their_order() {
    let lib = fs::read_to_string(workspace().join("sapi/src/lib.rs")).unwrap();
    assert_none(&levels::order_faults(&lib));
}

#[test]
fn no_room_uses_a_higher_one() {
    assert_none(&of_each_crate(|sources| {
        sources.rooms.faults(&sources.edges)
    }));
}

#[test]
fn no_files_import_in_a_circle() {
    assert_none(&of_each_crate(|sources| circle_faults(&sources.edges)));
}

#[test]
fn no_rooms_import_in_a_circle() {
    assert_none(&of_each_crate(|sources| room_circle_faults(&sources.edges)));
}

#[test]
fn every_path_of_the_product_is_understood() {
    assert_none(&of_each_crate(|sources| sources.faults.clone()));
}

#[test]
fn no_file_is_too_long_or_hides_its_length() {
    let faults = rust_files(&workspace()).into_iter().flat_map(|path| {
        let shown = path.strip_prefix(workspace()).unwrap().display();
        lengths::length_faults(&path, &shown.to_string())
    });
    assert_none(&faults.collect::<Vec<_>>());
}

fn of_each_crate(faults: impl Fn(&Sources) -> Vec<String>) -> Vec<String> {
    let told = |(name, sources)| {
        let faults = faults(sources).into_iter();
        faults.map(move |fault| format!("{name}: {fault}"))
    };
    product().iter().flat_map(told).collect()
}

/// Every product crate, by its name, read once.
fn product() -> &'static BTreeMap<String, Sources> {
    static PRODUCT: OnceLock<BTreeMap<String, Sources>> = OnceLock::new();
    PRODUCT.get_or_init(|| {
        let read = |name: String| {
            let sources = Sources::read(&workspace().join(&name).join("src"));
            (name, sources)
        };
        product_crates().into_iter().map(read).collect()
    })
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
