//! The programs that the tests start: each is known with its package, and `setup.sh` installs it.

use std::fs;
use std::path::{Path, PathBuf};

use sapi_tests::program::{PACKAGES, need};

/// What every Debian has.
const ESSENTIAL: [&str; 3] = ["bash", "coreutils", "util-linux"];

#[test]
fn all_of_them_are_installed() {
    need(&PACKAGES.map(|(program, _)| program));
}

#[test]
fn the_setup_installs_every_package() {
    let setup = fs::read_to_string(tests().join("setup.sh")).unwrap();
    let named: Vec<_> = setup
        .lines()
        .map(|line| line.split('#').next().unwrap())
        .flat_map(str::split_whitespace)
        .collect();
    for (program, package) in PACKAGES {
        let there = named.contains(&package) || ESSENTIAL.contains(&package);
        assert!(there, "setup.sh does not install {package}, for {program}");
    }
}

/// So that a program that is missing is told with its package.
#[test]
fn no_test_starts_a_program_behind_its_back() {
    let mut sources = Vec::new();
    find(&tests(), &mut sources);
    assert!(sources.len() > 100, "{}", sources.len());
    let begin = concat!("Command::", "new(\"");
    for source in sources {
        let text = fs::read_to_string(&source).unwrap();
        let line = text.lines().position(|line| line.contains(begin));
        assert!(
            line.is_none(),
            "{} line {}: use sapi_tests::program::program",
            source.display(),
            line.unwrap_or_default() + 1
        );
    }
}

fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn find(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
}
