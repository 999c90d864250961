//! `ca_roll_identity`: preparing a successor and activating it.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use rustix::process::Signal;
use sapi::testing::RequestBuilder;
use sapi_tests::shell::{PASSPHRASE, Place};
use sapi_tests::tool::{openssl, run};
use sapi_tests::verifiers::webpki_verify_chain;
use tempfile::TempDir;

use super::moment::dated;
use super::{Root, SUB_CA, ca, leaf, read, tool, write};

#[test]
fn preparing_changes_nothing_yet_and_activating_needs_preparing() {
    let ca = ca();
    let before = read(ca.path().join("ca.cert.pem"));
    run(tool("ca_roll_identity", ca.path()).arg("--activate"))
        .expect(1)
        .says(&["no successor is prepared"]);
    run(tool("ca_roll_identity", ca.path()).env("CA_PASSPHRASE", "wrong")).expect(78);
    assert!(!ca.path().join("next").exists());
    run(&mut tool("ca_roll_identity", ca.path())).expect(0);
    assert_eq!(read(ca.path().join("ca.cert.pem")), before);
    run(&mut tool("ca_roll_identity", ca.path()))
        .expect(1)
        .says(&["already contains a successor"]);
    let table = run(&mut tool("ca_check_identity", ca.path()))
        .expect(0)
        .stdout;
    assert!(
        table.contains("ok       successor    prepared in"),
        "{table}"
    );
    run(&mut tool("ca_check_identity", &ca.path().join("next"))).expect(0);
    // Not yet valid where the clock is behind: it could not sign.
    let mut activate = tool("ca_roll_identity", ca.path());
    run(&mut dated(activate.arg("--activate"), -2000.0))
        .expect(78)
        .says(&["the successor cannot sign"]);
    assert_eq!(read(ca.path().join("ca.cert.pem")), before);
    let both = openssl(
        ca.path(),
        &["storeutl", "-noout", "-certs", "ca.bundle.pem"],
    );
    assert!(both.contains("Total found: 2"), "{both}");
}

#[test]
fn what_cannot_be_published_is_not_prepared() {
    let ca = ca();
    let missing = ca.path().join("no/such/folder");
    run(tool("ca_roll_identity", ca.path())
        .arg("--publish")
        .arg(&missing))
    .expect(73)
    .says(&["no/such/folder: cannot be written"]);
    assert!(!ca.path().join("next").exists());
    let folder = TempDir::new().unwrap();
    run(tool("ca_roll_identity", ca.path())
        .arg("--publish")
        .arg(folder.path()))
    .expect(0);
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["ca.bundle.pem", "ca.new-by-old.pem", "ca.old-by-new.pem"]
    );
}

#[test]
fn sighup_takes_the_successor() {
    let place = Place::new("");
    let roll = |arguments: &[&str]| {
        let mut command = tool("ca_roll_identity", place.path());
        run(command.args(arguments).env("CA_PASSPHRASE", PASSPHRASE)).expect(0);
    };
    let request = RequestBuilder::new().common_name("web01");
    let request = write(place.path(), "r.pem", request.build().pem());
    let mut shell = place.start();
    let issuer = || {
        let upload = ["-T", request.to_str().unwrap()];
        let reply = shell.curl("/api/csr/web01", &upload);
        let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        json["issuer_chain_pem"].as_str().unwrap().to_owned()
    };
    let old = read(place.file("ca.cert.pem"));
    assert_eq!(issuer(), old);
    roll(&["-v", "60d"]);
    roll(&["--activate"]);
    assert_eq!(issuer(), old, "until it is told");
    shell.signal(Signal::HUP);
    shell.logs(|line| line.contains("identity and hooks reloaded"));
    let upload = ["-T", request.to_str().unwrap()];
    let reply = shell.curl("/api/csr/web01", &upload);
    let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let new = read(place.file("ca.cert.pem"));
    assert_ne!(new, old);
    assert_eq!(json["issuer_chain_pem"], new);
}

#[test]
fn the_same_key_lifts_a_root_of_ssl_api() {
    let directory = TempDir::new().unwrap();
    let path = directory.path();
    let mut line = vec!["genrsa", "-traditional", "-aes128", "-passout", "pass:hush"];
    line.extend(["-out", "ca.private_key.pem", "2048"]);
    openssl(path, &line);
    let mut line = vec![
        "req",
        "-new",
        "-key",
        "ca.private_key.pem",
        "-subj",
        "/CN=old",
    ];
    line.extend(["-passin", "pass:hush", "-out", "ca.csr.pem"]);
    openssl(path, &line);
    let mut line = vec!["x509", "-req", "-in", "ca.csr.pem", "-sha1", "-days", "30"];
    line.extend(["-signkey", "ca.private_key.pem", "-passin", "pass:hush"]);
    line.extend(["-out", "ca.crt.pem"]);
    openssl(path, &line);
    let text = |name: &str| openssl(path, &["x509", "-in", name, "-noout", "-text"]);
    let old = text("ca.crt.pem");
    assert!(
        old.contains("Version: 1 ") && old.contains("sha1With"),
        "Debian 12's command writes version 1: {old}"
    );
    let leaf_of_old = write(path, "leaf.pem", &leaf(path));
    run(tool("ca_roll_identity", path).arg("--same-key")).expect(0);
    run(tool("ca_roll_identity", path).arg("--activate")).expect(0);
    assert!(
        !path.join("ca.crt.pem").exists(),
        "or it would be found first"
    );
    let new = text("ca.cert.pem");
    for part in ["Version: 3 ", "sha256With", "CA:TRUE, pathlen:0"] {
        assert!(new.contains(part), "{part}: {new}");
    }
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let leaf_of_new = write(path, "leaf2.pem", &leaf(path));
    for leaf in [leaf_of_old, leaf_of_new] {
        let line = [
            "verify",
            "-x509_strict",
            "-CAfile",
            "ca.cert.pem",
            leaf.to_str().unwrap(),
        ];
        openssl(path, &line);
        let ca = read(path.join("ca.cert.pem"));
        assert_eq!(webpki_verify_chain(&ca, "", &read(leaf), now), Ok(()));
    }
    let table = run(&mut tool("ca_check_identity", path)).expect(0).stdout;
    assert!(!table.contains("warning"), "{table}");
}

#[test]
fn what_limits_the_old_one_limits_the_new_one() {
    let ca = ca();
    let path = ca.path();
    let mut line = vec![
        "req",
        "-x509",
        "-new",
        "-key",
        "ca.private_key.pem",
        "-days",
        "99",
    ];
    line.extend([
        "-passin",
        "pass:hush",
        "-subj",
        "/CN=ca.net",
        "-out",
        "ca.cert.pem",
    ]);
    for extension in [
        "basicConstraints=critical,CA:TRUE,pathlen:2",
        "keyUsage=critical,keyCertSign,cRLSign",
        "nameConstraints=critical,permitted;DNS:example.com",
        "subjectKeyIdentifier=01020304",
    ] {
        line.extend(["-addext", extension]);
    }
    write(path, "cnf", "[req]\ndistinguished_name = dn\n[dn]\n");
    line.extend(["-config", "cnf"]);
    openssl(path, &line);
    for (arguments, key_id) in [(&["--same-key"][..], true), (&[], false)] {
        run(tool("ca_roll_identity", path).args(arguments)).expect(0);
        let text = openssl(
            path,
            &["x509", "-in", "next/ca.cert.pem", "-noout", "-text"],
        );
        for part in ["pathlen:2", "Name Constraints: critical", "DNS:example.com"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(text.contains("01:02:03:04"), key_id, "{text}");
        fs::remove_dir_all(path.join("next")).unwrap();
    }
}

#[test]
fn an_intermediate_asks_its_root_again() {
    let (ca, root) = (TempDir::new().unwrap(), Root::new());
    let path = ca.path();
    let mut create = tool("ca_create_identity", path);
    run(create.args(["--intermediate", "-f", "CN", "issuing CA"])).expect(0);
    let root_pem = root.path().join("root.pem");
    let install = |directory: &Path| {
        let signed = root.certify(directory, SUB_CA, &["-days", "60"]);
        let mut command = tool("ca_install_certificate", directory);
        run(command.arg(signed).arg(&root_pem)).expect(0);
    };
    install(path);
    let outcome = run(&mut tool("ca_roll_identity", path)).expect(0);
    assert!(
        outcome.stdout.contains("next/ca.csr.pem"),
        "{}",
        outcome.stdout
    );
    assert!(
        !path.join("ca.bundle.pem").exists(),
        "the root stays the one to trust"
    );
    // Without its certificate it cannot take over.
    run(tool("ca_roll_identity", path).arg("--activate")).expect(78);
    install(&path.join("next"));
    let before = read(path.join("ca.cert.pem"));
    run(tool("ca_roll_identity", path).arg("--activate")).expect(0);
    assert_ne!(read(path.join("ca.cert.pem")), before);
    let leaf = write(path, "leaf.pem", &leaf(path));
    let mut line = vec![
        "verify",
        "-x509_strict",
        "-CAfile",
        root_pem.to_str().unwrap(),
    ];
    line.extend(["-untrusted", "ca.cert.pem", leaf.to_str().unwrap()]);
    openssl(path, &line);
}

#[test]
fn a_successor_is_due_two_leaf_lifetimes_before_the_end() {
    let directory = TempDir::new().unwrap();
    let mut create = tool("ca_create_identity", directory.path());
    run(create.args(["-f", "CN", "ca.net", "-v", "100d"])).expect(0);
    for (leaf_validity, due) in [("30d", false), ("49d", false), ("51d", true)] {
        let mut check = tool("ca_check_identity", directory.path());
        let table = run(check.args(["--leaf-validity", leaf_validity]))
            .expect(0)
            .stdout;
        let warns = table.contains("warning  valid        less than two lifetimes");
        assert_eq!(warns, due, "{leaf_validity}: {table}");
        let mut check = tool("ca_check_identity", directory.path());
        let outcome = run(check.args(["--leaf-validity", leaf_validity, "--json"])).expect(0);
        let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
        assert_eq!(json["usable"], true);
        let rows = json["findings"].as_array().unwrap();
        let warns = rows.iter().any(|row| row["level"] == "warning");
        assert_eq!(warns, due, "{json}");
    }
}
