//! The bundle of a rollover, with the clock in our hands.

use std::fs;
use std::path::{Path, PathBuf};

use sapi_tests::program::program;
use sapi_tests::tool::{openssl, run};
use sapi_tests::verifiers::webpki_verify_chain;
use tempfile::TempDir;

use super::moment::{at, dated};
use super::{read, sign, tool};

/// The test shell's leaves live for a day; its CA here for ten. A successor with a new key, later one with
/// the same: at each half day a leaf is made, and every living leaf verifies.
#[test]
fn every_living_leaf_verifies_against_the_bundle_of_its_day() {
    let directory = TempDir::with_prefix("sapi-rollover-").unwrap();
    let ca = directory.path();
    let create = ["-f", "CN", "ca.net", "-v", "10d"];
    run(&mut dated(tool("ca_create_identity", ca).args(create), 0.0)).expect(0);
    let first = directory.path().join("first.pem");
    let mut living: Vec<Leaf> = Vec::new();
    let mut fingerprints = Vec::new();
    for half in 1..40 {
        let day = f64::from(half) / 2.0;
        let roll = |arguments: &[&str]| {
            let mut command = tool("ca_roll_identity", ca);
            run(&mut dated(command.args(arguments), day)).expect(0);
        };
        match half {
            12 => {
                fs::copy(ca.join("ca.cert.pem"), &first).unwrap();
                roll(&["-v", "10d"]);
            }
            14 => roll(&["--activate"]),
            28 => roll(&["--same-key", "-v", "10d"]),
            30 => roll(&["--activate"]),
            _ => {}
        }
        let path = ca.join(format!("leaf-{half}.pem"));
        let outcome = run(&mut dated(&mut sign(ca), day)).expect(0);
        fs::write(&path, outcome.stdout).unwrap();
        living.push(Leaf { path, from: day });
        living.retain(|leaf| day < leaf.from + 1.0);
        for leaf in &living {
            verifies(&trusted(ca), None, &leaf.path, day);
        }
        fingerprints.push(read(ca.join("ca.cert.pem")));

        // Whoever knows but one of the two is helped by the cross-certificate.
        let newest = &living.last().unwrap().path;
        if (14..20).contains(&half) {
            verifies(&first, Some(&ca.join("ca.new-by-old.pem")), newest, day);
        }
        if (14..16).contains(&half) {
            let current = ca.join("ca.cert.pem");
            let between = ca.join("ca.old-by-new.pem");
            for leaf in &living {
                verifies(&current, Some(&between), &leaf.path, day);
            }
        }
    }
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), 3, "three certificates have signed");
    let folders = fs::read_dir(ca).unwrap().map(|entry| entry.unwrap().path());
    let folders: Vec<_> = folders.filter(|path| path.is_dir()).collect();
    assert_eq!(folders.len(), 2, "the old ones are kept: {folders:?}");
    let bundle = read(ca.join("ca.bundle.pem"));
    assert_eq!(
        bundle.matches("BEGIN CERTIFICATE").count(),
        2,
        "ended ones leave"
    );
    // A verifier that trusts only what has ended accepts nothing: the test can fail.
    let time = at(19.5).as_secs().to_string();
    let newest = living.last().unwrap().path.to_str().unwrap();
    let mut verify = program("openssl");
    verify
        .args(["verify", "-attime", &time, "-CAfile"])
        .arg(first);
    assert_ne!(run(verify.arg(newest)).code, Some(0));
}

/// A leaf and the days of its life.
struct Leaf {
    path: PathBuf,
    from: f64,
}

/// What everybody trusts at a moment: the bundle once there is one.
fn trusted(ca: &Path) -> PathBuf {
    let bundle = ca.join("ca.bundle.pem");
    if bundle.exists() {
        return bundle;
    }
    ca.join("ca.cert.pem")
}

/// By two implementations at that day, with certificates between if any.
fn verifies(trust: &Path, between: Option<&Path>, leaf: &Path, day: f64) {
    let time = at(day).as_secs().to_string();
    let mut line = vec!["verify", "-x509_strict", "-check_ss_sig", "-attime", &time];
    line.extend(["-CAfile", trust.to_str().unwrap()]);
    if let Some(between) = between {
        line.extend(["-untrusted", between.to_str().unwrap()]);
    }
    line.push(leaf.to_str().unwrap());
    openssl(Path::new("/"), &line);
    let between = between.map(read).unwrap_or_default();
    let verdict = webpki_verify_chain(&read(trust), &between, &read(leaf), at(day));
    assert_eq!(verdict, Ok(()), "day {day}: {}", leaf.display());
}
