//! `ca_create_identity --intermediate`, an outside root, `ca_install_certificate`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rustix::process::Signal;
use sapi_tests::shell::{PASSPHRASE, Place};
use sapi_tests::terminal::Session;
use sapi_tests::tool::{binary, openssl, run};
use tempfile::TempDir;

use super::{Root, SUB_CA, leaf, tool, write};

/// A directory with a key and a request.
fn waiting() -> TempDir {
    let directory = TempDir::with_prefix("sapi-intermediate-").unwrap();
    let mut create = tool("ca_create_identity", directory.path());
    run(create.args(["--intermediate", "-f", "CN", "issuing CA"])).expect(0);
    directory
}

fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn a_root_certifies_it_and_leaves_verify_through_the_chain() {
    let ca = waiting();
    let found: Vec<_> = files(ca.path()).into_keys().collect();
    assert_eq!(
        found,
        ["ca.csr.pem", "ca.private_key.pem", "ca.public_key.pem"]
    );
    openssl(
        ca.path(),
        &["req", "-in", "ca.csr.pem", "-verify", "-noout"],
    );
    let text = openssl(ca.path(), &["req", "-in", "ca.csr.pem", "-noout", "-text"]);
    assert!(text.contains("CA:TRUE, pathlen:0"), "{text}");
    assert!(text.contains("Certificate Sign, CRL Sign"), "{text}");

    let root = Root::new();
    let signed = root.certify(ca.path(), SUB_CA, &["-days", "60"]);
    // The root first: the order does not matter.
    let mut install = tool("ca_install_certificate", ca.path());
    let outcome = run(install.arg(root.path().join("root.pem")).arg(signed)).expect(0);
    assert!(
        outcome
            .stdout
            .contains("Chain: 1 above the CA, up to a root"),
        "{}",
        outcome.stdout
    );
    run(&mut tool("ca_check_identity", ca.path())).expect(0);
    let path = write(ca.path(), "leaf.pem", &leaf(ca.path()));
    let mut verify = vec!["verify", "-x509_strict", "-CAfile"];
    let root_pem = root.path().join("root.pem");
    verify.extend([root_pem.to_str().unwrap(), "-untrusted", "ca.cert.pem"]);
    verify.push(path.to_str().unwrap());
    openssl(ca.path(), &verify);
}

#[test]
fn openssl_ca_that_copies_extensions_certifies_it_too() {
    let ca = waiting();
    let root = Root::new();
    let folder = root.path();
    write(folder, "index.txt", "");
    write(
        folder,
        "ca.cnf",
        "[ca]\ndefault_ca = root\n[root]\ndatabase = index.txt\nnew_certs_dir = .\n\
         rand_serial = yes\ndefault_md = sha256\npolicy = any\ncopy_extensions = copy\n\
         [any]\ncommonName = supplied\n",
    );
    let request = ca.path().join("ca.csr.pem");
    let mut line = vec!["ca", "-batch", "-config", "ca.cnf", "-cert", "root.pem"];
    line.extend(["-keyfile", "root.key", "-days", "30", "-out", "signed.pem"]);
    line.extend(["-notext", "-in", request.to_str().unwrap()]);
    openssl(folder, &line);
    let mut install = tool("ca_install_certificate", ca.path());
    let outcome = run(install.arg(folder.join("signed.pem"))).expect(0);
    assert!(
        outcome
            .stdout
            .contains("Chain: 0 above the CA, without a root"),
        "{}",
        outcome.stdout
    );
    leaf(ca.path());
}

#[test]
fn the_service_answers_with_the_chain() {
    let place = Place::new("");
    for name in ["ca.private_key.pem", "ca.cert.pem"] {
        fs::remove_file(place.file(name)).unwrap();
    }
    let mut create = tool("ca_create_identity", place.path());
    create.env("CA_PASSPHRASE", PASSPHRASE);
    run(create.args(["--intermediate", "-f", "CN", "issuing CA"])).expect(0);
    let root = Root::new();
    let signed = root.certify(place.path(), SUB_CA, &["-days", "60"]);
    let mut install = tool("ca_install_certificate", place.path());
    install.env("CA_PASSPHRASE", PASSPHRASE);
    run(install.arg(&signed).arg(root.path().join("root.pem"))).expect(0);
    let mut shell = place.start();
    let request = sapi::testing::RequestBuilder::new().common_name("web01");
    let request = write(place.path(), "r.pem", request.build().pem());
    let upload = ["-T", request.to_str().unwrap()];
    let reply = shell.curl("/api/csr/web01", &upload);
    let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let expected = fs::read_to_string(&signed).unwrap() + &root.pem();
    assert_eq!(json["issuer_chain_pem"], expected);

    // Renewed by the root under the same key: the service takes it at SIGHUP.
    let renewed = root.certify(place.path(), SUB_CA, &["-days", "80"]);
    let path = place.path().to_str().unwrap().to_owned();
    let mut session = Session::start(
        &binary("ca_install_certificate"),
        ["--ca-path", &path, renewed.to_str().unwrap()],
    );
    session.sees("Passphrase");
    session.types(&format!("{PASSPHRASE}\n"));
    session.sees("[y/N]");
    session.types("y\n");
    let (code, shown) = session.finish();
    assert_eq!(code, Some(0), "{shown}");
    shell.signal(Signal::HUP);
    shell.logs(|line| line.contains("identity and hooks reloaded"));
    let reply = shell.curl("/api/csr/web01", &upload);
    let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    // The root was not given this time, and the old chain is set aside with the old certificate.
    assert_eq!(
        json["issuer_chain_pem"],
        fs::read_to_string(&renewed).unwrap()
    );
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_changes() {
    let ca = waiting();
    let other = waiting();
    let root = Root::new();
    let root_pem = root.path().join("root.pem");
    let no_ca = SUB_CA.replace("CA:TRUE,pathlen:0", "CA:FALSE");
    let no_sign = SUB_CA.replace("keyCertSign", "digitalSignature");
    let before = files(ca.path());
    for (directory, extensions, days, with_root, part) in [
        (&other, SUB_CA, "60", true, "no certificate of the key"),
        (&ca, &*no_ca, "60", true, "not a CA certificate"),
        (
            &ca,
            &*no_sign,
            "60",
            true,
            "keyUsage does not say keyCertSign",
        ),
        (&ca, SUB_CA, "-1", true, "expired on"),
    ] {
        let signed = root.certify(directory.path(), extensions, &["-days", days]);
        let mut install = tool("ca_install_certificate", ca.path());
        install.arg(signed);
        if with_root {
            install.arg(&root_pem);
        }
        run(&mut install).expect(65).says(&[part]);
        assert_eq!(files(ca.path()), before, "{part}");
    }
    let signed = root.certify(ca.path(), SUB_CA, &["-days", "60"]);

    // Another root of the same name did not sign it.
    let stranger = Root::new().pem();
    let stranger = write(root.path(), "stranger.pem", &stranger);
    let mut install = tool("ca_install_certificate", ca.path());
    run(install.args([&signed, &stranger]))
        .expect(65)
        .says(&["CN=root: not the issuer of any certificate given"]);
    let mut install = tool("ca_install_certificate", ca.path());
    run(install.args([&signed, &signed]))
        .expect(65)
        .says(&["several certificates of the key"]);
    let garbage = write(root.path(), "garbage.pem", "no certificate");
    let mut install = tool("ca_install_certificate", ca.path());
    run(install.arg(garbage))
        .expect(65)
        .says(&["no certificate in PEM"]);
    let mut install = tool("ca_install_certificate", ca.path());
    run(install.arg(root.path().join("missing")))
        .expect(66)
        .says(&["missing"]);
    let mut install = tool("ca_install_certificate", ca.path());
    run(install.arg(&signed).env("CA_PASSPHRASE", "wrong"))
        .expect(78)
        .says(&["wrong passphrase"]);
    // A locked key among the certificates: OpenSSL would ask a terminal.
    let locked = ca.path().join("ca.private_key.pem");
    let mut install = tool("ca_install_certificate", ca.path());
    run(install.args([&signed, &locked])).expect(65);
    assert_eq!(files(ca.path()), before);

    let narrow = Root::with_path_length(",pathlen:0");
    let signed = narrow.certify(ca.path(), SUB_CA, &["-days", "60"]);
    let mut install = tool("ca_install_certificate", ca.path());
    run(install.arg(signed).arg(narrow.path().join("root.pem")))
        .expect(65)
        .says(&["CN=root: its path length allows no CA so far below"]);
    assert_eq!(files(ca.path()), before);
}

#[test]
fn a_certificate_that_is_there_is_kept_without_a_terminal() {
    let ca = waiting();
    let root = Root::new();
    let signed = root.certify(ca.path(), SUB_CA, &["-days", "60"]);
    run(tool("ca_install_certificate", ca.path()).arg(&signed)).expect(0);
    let before = files(ca.path());
    run(tool("ca_install_certificate", ca.path()).arg(&signed))
        .expect(1)
        .says(&["ca.cert.pem", "there is no terminal to ask"]);
    assert_eq!(files(ca.path()), before);
}

#[test]
fn without_its_certificate_the_service_does_not_start() {
    let place = Place::new("");
    fs::remove_file(place.file("ca.cert.pem")).unwrap();
    let outcome = run(&mut place.command("test-shell", "serve")).expect(78);
    assert!(outcome.stderr.contains("ca.cert.pem"), "{}", outcome.stderr);
    let ca = waiting();
    let table = run(&mut tool("ca_check_identity", ca.path()))
        .expect(1)
        .stdout;
    assert!(table.contains("FAULT    certificate"), "{table}");
}
