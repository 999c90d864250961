//! `ca_create_identity` in a place without an identity.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sapi::KeyKind;
use sapi_tests::program::program;
use sapi_tests::program::with_umask;
use sapi_tests::tool::{binary, detached, openssl, run};

use super::{create, listing, load_with};

const FILES: [&str; 4] = [
    "ca.cert.pem",
    "ca.csr.pem",
    "ca.private_key.pem",
    "ca.public_key.pem",
];

#[test]
fn every_kind_is_accepted_by_the_openssl_command() {
    for kind in KeyKind::OFFERED {
        let parent = tempfile::tempdir().unwrap();
        let ca = parent.path().join("ca");
        run(create(&ca).args(["-f", "CN", "ca.net", "--key", &kind.name()])).expect(0);
        openssl(
            &ca,
            &[
                "verify",
                "-x509_strict",
                "-CAfile",
                "ca.cert.pem",
                "ca.cert.pem",
            ],
        );
        let text = openssl(&ca, &["x509", "-in", "ca.cert.pem", "-noout", "-text"]);
        let digest = match kind {
            KeyKind::P384 => "ecdsa-with-SHA384",
            KeyKind::P256 => "ecdsa-with-SHA256",
            KeyKind::Ed25519 => "ED25519",
            _ => "sha256WithRSAEncryption",
        };
        for part in [
            "Version: 3 (0x2)",
            "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0",
            "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign",
            "X509v3 Subject Key Identifier",
            &format!("Signature Algorithm: {digest}"),
        ] {
            assert!(text.contains(part), "{kind}: {part}\n{text}");
        }
        let unlock = [
            "pkey",
            "-in",
            "ca.private_key.pem",
            "-passin",
            "pass:hush",
            "-pubout",
        ];
        let public = openssl(&ca, &unlock);
        assert_eq!(
            public,
            fs::read_to_string(ca.join("ca.public_key.pem")).unwrap()
        );
        openssl(&ca, &["req", "-in", "ca.csr.pem", "-verify", "-noout"]);
        assert_eq!(
            public,
            openssl(&ca, &["req", "-in", "ca.csr.pem", "-noout", "-pubkey"])
        );
        load_with(&ca, "hush").unwrap();
    }
}

#[test]
fn command_line_of_ssl_api() {
    let parent = tempfile::tempdir().unwrap();
    let ca = parent.path().join("ca");
    let line = [
        "-f",
        "C",
        "US",
        "-f",
        "CN",
        "ca.net",
        "-f",
        "L",
        "Palm Beach",
        "-f",
        "O",
        "Random Authority, Inc.",
        "-f",
        "ST",
        "Florida",
        "-f",
        "emailAddress",
        "ca@example.net",
        "-v",
        "10",
    ];
    run(&mut with_umask("022", create(&ca).args(line))).expect(0);
    let subject = openssl(
        &ca,
        &[
            "x509",
            "-in",
            "ca.cert.pem",
            "-noout",
            "-subject",
            "-nameopt",
            "RFC2253",
        ],
    );
    // In reverse order, as RFC 2253 demands.
    assert_eq!(
        subject.trim(),
        "subject=emailAddress=ca@example.net,ST=Florida,O=Random Authority\\, Inc.,L=Palm Beach,CN=ca.net,C=US"
    );
    let request = openssl(
        &ca,
        &[
            "req",
            "-in",
            "ca.csr.pem",
            "-noout",
            "-subject",
            "-nameopt",
            "RFC2253",
        ],
    );
    assert_eq!(request, subject);
    assert_eq!(valid_days(&ca.join("ca.cert.pem")), 3650);

    let mut names: Vec<_> = fs::read_dir(&ca)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, FILES);
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(ca.clone()), 0o750);
    for name in FILES {
        assert_eq!(mode(ca.join(name)), 0o640, "{name}");
    }
    let key = fs::read_to_string(ca.join("ca.private_key.pem")).unwrap();
    assert!(key.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    let parsed = openssl(&ca, &["asn1parse", "-in", "ca.private_key.pem"]);
    for part in [":scrypt", ":aes-256-cbc", "INTEGER           :4000"] {
        assert!(parsed.contains(part), "{parsed}");
    }
}

#[test]
fn validity_is_ten_years_unless_said() {
    for (arguments, days) in [
        (&[][..], 3650),
        (&["-v", "2w"], 14),
        (&["--validity", "1y"], 365),
    ] {
        let directory = tempfile::tempdir().unwrap();
        run(create(directory.path())
            .args(["-f", "CN", "ca.net"])
            .args(arguments))
        .expect(0);
        assert_eq!(valid_days(&directory.path().join("ca.cert.pem")), days);
    }
}

#[test]
fn path_comes_from_flag_then_environment() {
    let parent = tempfile::tempdir().unwrap();
    let (flag, variable) = (parent.path().join("flag"), parent.path().join("variable"));
    let tool = || {
        let mut command = detached(&binary("ca_create_identity"));
        command
            .args(["-f", "CN", "ca.net"])
            .env("CA_PASSPHRASE", "hush");
        command.env("SAPI_CA_PATH", &variable);
        command
    };
    run(tool().arg("--ca-path").arg(&flag)).expect(0);
    assert!(flag.exists() && !variable.exists());
    run(&mut tool()).expect(0);
    assert!(variable.join("ca.cert.pem").exists());
}

#[test]
fn wrong_usage_names_the_fault_and_writes_nothing() {
    for (arguments, part) in [
        (&[][..], "at least -f CN"),
        (&["-f", "CN"], "values required"),
        (&["-f", "colour", "red"], "colour: unknown field"),
        (&["-f", "C", "USA"], "C: is not two letters"),
        (&["-f", "CN", ""], "CN: is empty"),
        (&["-f", "CN", "ca.net", "-v", "soon"], "soon"),
        (&["-f", "CN", "ca.net", "-v", "0"], "is not a validity"),
        (
            &["-f", "CN", "ca.net", "-v", "9000"],
            "beyond the year 9999",
        ),
        (
            &["-f", "CN", "ca.net", "--key", "rsa:1024"],
            "is not one of rsa:2048",
        ),
        (&["-f", "CN", "ca.net", "--passphrase-fd", "-1"], "-1"),
        (&["-f", "CN", "ca.net", "--force"], "--force"),
    ] {
        let parent = tempfile::tempdir().unwrap();
        run(create(&parent.path().join("ca")).args(arguments))
            .expect(64)
            .says(&[part]);
        assert!(listing(parent.path()).is_empty(), "{arguments:?}");
    }
}

#[test]
fn full_disk_leaves_nothing() {
    // A file may have 512 bytes here: the request is longer, the key and the public key are not.
    let directory = tempfile::tempdir().unwrap();
    let name = "x".repeat(64);
    let mut command = program("setsid");
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
    command
        .args(["--wait", "sh", "-c", script, "sh"])
        .arg(binary("ca_create_identity"));
    command
        .arg("--ca-path")
        .arg(directory.path())
        .env("CA_PASSPHRASE", "hush");
    run(command.args(["-f", "CN", &name, "-f", "O", &name, "-f", "OU", &name]))
        .expect(73)
        .says(&["ca.csr.pem: cannot be written", "nothing was changed"]);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn missing_parent_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let ca = parent.path().join("missing/ca");
    run(create(&ca).args(["-f", "CN", "ca.net"]))
        .expect(73)
        .says(&["missing/ca: cannot be written"]);
}

#[test]
fn version_help_completions_and_man_page() {
    for tool in [
        "ca_create_identity",
        "ca_check_identity",
        "ca_install_certificate",
        "ca_change_passphrase",
        "ca_backup",
        "ca_restore",
        "ca_roll_identity",
        "ca_revoke",
        "ca_gen_crl",
    ] {
        let output =
            |argument: &[&str]| run(detached(&binary(tool)).args(argument)).expect(0).stdout;
        assert!(output(&["--version"]).contains("OpenSSL "));
        assert!(output(&["--help"]).contains("Example:"));
        for shell in ["bash", "zsh", "fish"] {
            assert!(output(&["--generate-completion", shell]).contains(tool));
        }
        let page = output(&["--generate-man"]);
        assert!(page.contains(".TH") && page.contains("Example:"), "{page}");
    }
}

fn valid_days(certificate: &std::path::Path) -> u32 {
    let pem = fs::read(certificate).unwrap();
    let certificate = openssl::x509::X509::from_pem(&pem).unwrap();
    let span = certificate
        .not_before()
        .diff(certificate.not_after())
        .unwrap();
    // Five minutes more, for clocks that are behind.
    assert_eq!(span.secs, 300);
    span.days.unsigned_abs()
}
