//! What the fuzz targets found once, and the seeds they begin with: run as ordinary tests.
//!
//! A finding goes to `findings/<target>/<what-it-was>`, as the fuzzer wrote it.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use sapi_tests::fuzz::TARGETS;

#[test]
fn nothing_found_comes_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("findings");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let of_target = entry.unwrap().path();
        let name = of_target.file_name().unwrap().to_str().unwrap().to_owned();
        if name == "refused" {
            continue;
        }
        let target = TARGETS.iter().find(|target| target.name == name);
        let target = target.unwrap_or_else(|| panic!("there is no target {name}"));
        for finding in fs::read_dir(&of_target).unwrap() {
            let path = finding.unwrap().path();
            let input = fs::read(&path).unwrap();
            let ran = catch_unwind(|| (target.run)(&input));
            assert!(ran.is_ok(), "it is back: {}", path.display());
            count += 1;
        }
    }
    assert!(count > 0, "the findings are gone");
}

/// Mutated requests that were signed once, though the strict reader of the corpus refuses them:
/// `findings/refused/<slug>.<what-it-is>`.
#[test]
fn what_was_signed_once_is_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("findings/refused");
    for finding in fs::read_dir(&folder).unwrap() {
        let path = finding.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let refusal = sapi::CertRequest::from_pem(&fs::read(&path).unwrap());
        let slug = refusal.map_or_else(|error| error.slug(), |_| "signed");
        assert!(name.starts_with(&format!("{slug}.")), "{name}: {slug}");
    }
}

#[test]
fn seeds_pass() {
    for target in &TARGETS {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{}", target.name);
        seeds.iter().for_each(|seed| (target.run)(seed));
    }
}

/// The reader's oracle can fail: our reader accepts every seed, so the oracle compares each one.
#[test]
fn the_oracle_of_the_reader_can_fail() {
    let seeds = (TARGETS[0].seeds)();
    assert!(seeds.len() >= 10, "both kinds of signed input");
    let read = seeds
        .iter()
        .filter(|seed| sapi_tests::fuzz::request::reads(seed))
        .count();
    assert_eq!(read, seeds.len(), "a seed that nobody reads tests nothing");
}
