//! `demo`, which needs nothing prepared.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use rustix::process::Signal;
use sapi_tests::curl::Reply;
use sapi_tests::program::program;
use sapi_tests::running::Running;
use sapi_tests::tool::{binary, forget_variables, openssl, run, wait};

use super::until;

/// `demo` in an empty folder, with an environment that says nothing about it.
fn demo(arguments: &[&str]) -> (tempfile::TempDir, Command) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary("sapi-hooks-example"));
    forget_variables(&mut command);
    command
        .arg("demo")
        .args(arguments)
        .current_dir(folder.path())
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null());
    (folder, command)
}

#[test]
fn once_prints_a_verified_certificate_and_ends() {
    let (folder, mut command) = demo(&["--once"]);
    let outcome = run(&mut command).expect(0);
    for part in [
        "Certificate:",
        "-----BEGIN CERTIFICATE-----",
        "demo01.example.com",
        "verified",
    ] {
        assert!(outcome.stdout.contains(part), "{part}: {}", outcome.stdout);
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn settings_and_passphrases_of_the_machine_play_no_part() {
    let (_folder, mut command) = demo(&["--once"]);
    command
        .env("SAPI_LISTEN", "nonsense")
        .env("CA_PASSPHRASE", "other")
        .env("SAPI_CA_PATH", "/no");
    run(&mut command).expect(0);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (_folder, mut command) = demo(&["--once", "--port", &port]);
    run(&mut command)
        .expect(69)
        .says(&["--port", &port, "in use"]);
}

#[test]
fn it_keeps_serving_its_curl_line_until_ctrl_c() {
    let (folder, mut command) = demo(&[]);
    let mut demo = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let mut curl = String::new();
    for line in lines.by_ref().map_while(Result::ok) {
        if line.trim_start().starts_with("curl ") {
            line.trim().clone_into(&mut curl);
        }
        if line.contains("Ctrl-C") {
            break;
        }
    }
    // The line is run as a person would, twice.
    for _ in 0..2 {
        let outcome = run(program("sh").args(["-c", &format!("{curl} --include --noproxy '*'")]));
        let reply = Reply::parse(outcome.expect(0).stdout.as_bytes());
        assert_eq!(reply.status, 200);
        let pem = reply.json()["signed_x509_pem"].as_str().unwrap().to_owned();
        fs::write(folder.path().join("leaf.pem"), pem).unwrap();
        let ca = glob(folder.path());
        openssl(
            folder.path(),
            &["verify", "-x509_strict", "-CAfile", &ca, "leaf.pem"],
        );
    }
    demo.signal(Signal::INT);
    assert_eq!(wait(&mut demo).code(), Some(0));
    until("its folder is gone", || {
        fs::read_dir(folder.path()).unwrap().count() == 1 // leaf.pem
    });
}

/// The certificate of the demo's CA.
fn glob(folder: &std::path::Path) -> String {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let found = entries
        .map(|path| path.join("ca.cert.pem"))
        .find(|path| path.exists());
    found.unwrap().display().to_string()
}
