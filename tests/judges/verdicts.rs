//! The verdict of each judge.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use sapi_tests::program::program;
use sapi_tests::python;
use sapi_tests::tool::run;

use super::cases::{Case, cases};

#[test]
fn openssl_accepts_them_strictly() {
    each(openssl);
}

#[test]
fn gnutls_accepts_them() {
    each(gnutls);
}

#[test]
fn nss_accepts_them() {
    // Debian's NSS does not know Ed25519.
    let known = |case: &Case| case.ca != "ed25519" && case.client != "ed25519";
    each(|folder, case| {
        if known(case) {
            nss(folder, case)
        } else {
            Ok(())
        }
    });
}

#[test]
fn webpki_accepts_them() {
    each(|_, case| webpki(case));
}

#[test]
fn go_accepts_them() {
    judged("go", 38, go(cases().folder.path()));
}

#[test]
fn java_accepts_them() {
    judged("java", 38, java(cases().folder.path()));
}

#[test]
fn pyca_accepts_them() {
    // All but those with Ed25519.
    judged("pyca", 28, pyca(cases().folder.path()));
}

#[test]
fn pkilint_finds_no_error() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("verifiers/lint.py");
    let outcome = run(python::command().arg(program).arg(cases().folder.path()));
    assert_eq!(
        outcome.code,
        Some(0),
        "{}{}",
        outcome.stdout,
        outcome.stderr
    );
    let files = 2 * cases().all.len() + 5;
    assert!(
        outcome.stdout.contains(&format!("{files} files")),
        "{}",
        outcome.stdout
    );
}

pub(super) fn openssl(folder: &Path, case: &Case) -> Result<(), String> {
    let mut command = program("openssl");
    command.args(["verify", "-x509_strict", "-check_ss_sig", "-CAfile"]);
    command.arg(file(folder, case, "root"));
    if !case.between.is_empty() {
        command.arg("-untrusted").arg(file(folder, case, "mid"));
    }
    if case.host != "-" {
        command.args(["-verify_hostname", case.host]);
    }
    verdict(
        command
            .args(["-purpose", "sslserver"])
            .arg(file(folder, case, "leaf")),
    )
}

pub(super) fn gnutls(folder: &Path, case: &Case) -> Result<(), String> {
    let path = folder.join(format!("{}.gnutls.txt", case.name));
    fs::write(&path, format!("{}{}", case.leaf, case.between)).unwrap();
    let mut command = program("certtool");
    command.arg("--verify").arg("--infile").arg(path);
    command
        .arg("--load-ca-certificate")
        .arg(file(folder, case, "root"));
    if case.host != "-" {
        command.args(["--verify-hostname", case.host]);
    }
    verdict(&mut command)
}

pub(super) fn nss(folder: &Path, case: &Case) -> Result<(), String> {
    let database = folder.join(format!("{}.nss", case.name));
    fs::create_dir_all(&database).unwrap();
    let certutil = |arguments: &[&str]| {
        let mut command = program("certutil");
        command.arg("-d").arg(format!("sql:{}", database.display()));
        verdict(command.args(arguments))
    };
    let path = |kind| file(folder, case, kind).display().to_string();
    certutil(&["-N", "--empty-password"])?;
    certutil(&[
        "-A",
        "-a",
        "-n",
        "root",
        "-t",
        "CT,C,C",
        "-i",
        &path("root"),
    ])?;
    if !case.between.is_empty() {
        certutil(&["-A", "-a", "-n", "mid", "-t", ",,", "-i", &path("mid")])?;
    }
    certutil(&["-A", "-a", "-n", "leaf", "-t", ",,", "-i", &path("leaf")])?;
    // Once as a server's certificate, once as a client's.
    certutil(&["-V", "-e", "-n", "leaf", "-u", "V"])?;
    certutil(&["-V", "-e", "-n", "leaf", "-u", "C"])
}

pub(super) fn webpki(case: &Case) -> Result<(), String> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    // Seconds pass between the issuance of a certificate and this check.
    let now = now + Duration::from_secs(1);
    sapi_tests::verifiers::webpki_verify_chain(&case.root, &case.between, &case.leaf, now)
}

pub(super) fn go(folder: &Path) -> Result<String, String> {
    let mut command = program("go");
    // Beside what else is built: the home folder may be read-only.
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/judges-go");
    command.env("GOCACHE", cache);
    answer(command.arg("run").arg(source("Verify.go")).arg(folder))
}

pub(super) fn java(folder: &Path) -> Result<String, String> {
    answer(program("java").arg(source("Verify.java")).arg(folder))
}

pub(super) fn pyca(folder: &Path) -> Result<String, String> {
    answer(python::command().arg(source("pyca.py")).arg(folder))
}

fn source(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("verifiers")
        .join(name)
}

fn answer(command: &mut Command) -> Result<String, String> {
    let outcome = run(command);
    match outcome.code {
        Some(0) => Ok(outcome.stdout),
        _ => Err(outcome.stdout + &outcome.stderr),
    }
}

fn verdict(command: &mut Command) -> Result<(), String> {
    answer(command).map(|_| ())
}

fn file(folder: &Path, case: &Case, kind: &str) -> std::path::PathBuf {
    folder.join(format!("{}.{kind}.pem", case.name))
}

#[track_caller]
fn each(judge: impl Fn(&Path, &Case) -> Result<(), String>) {
    let cases = cases();
    let folder = cases.folder.path();
    let faults: Vec<_> = cases
        .all
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case.name, judge(folder, case).err()?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[track_caller]
fn judged(what: &str, count: usize, verdict: Result<String, String>) {
    let said = verdict.unwrap_or_else(|faults| panic!("{what}: {faults}"));
    let all = format!("{count} cases, 0 faults");
    assert!(said.contains(&all), "{what}: {said}");
}
