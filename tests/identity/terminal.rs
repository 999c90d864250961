//! The terminal as a source of the passphrase, and what must never ask there.

use std::path::Path;

use sapi_tests::terminal::Session;
use sapi_tests::tool::binary;

use super::{listing, old_identity, put};

#[test]
fn terminal_is_asked_once_to_unlock_and_shows_nothing() {
    let directory = old_identity();
    let path = directory.path().to_str().unwrap();
    let mut session = Session::start(&binary("ca_check_identity"), ["--ca-path", path]);
    session.sees("Passphrase of the CA's private key: ");
    session.types("hush\n");
    let (code, shown) = session.finish();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("unlocked, signs for the certificate"),
        "{shown}"
    );
    assert!(!shown.contains("hush"), "{shown}");
}

#[test]
fn empty_answer_at_a_terminal_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_str().unwrap();
    let mut session = Session::start(
        &binary("ca_create_identity"),
        ["--ca-path", path, "-f", "CN", "x"],
    );
    session.sees("New passphrase");
    session.types("\n");
    let (code, shown) = session.finish();
    assert_eq!(code, Some(78), "{shown}");
    assert!(
        shown.contains("the terminal: the passphrase is empty"),
        "{shown}"
    );
    assert!(listing(directory.path()).is_empty());
}

#[test]
fn terminal_is_no_descriptor_and_no_help_in_the_background() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_str().unwrap();
    let tool = binary("ca_create_identity");
    let session = Session::start(
        &tool,
        ["--ca-path", path, "-f", "CN", "x", "--passphrase-fd", "0"],
    );
    let (code, shown) = session.finish();
    assert_eq!(code, Some(78), "{shown}");
    assert!(
        shown.contains("--passphrase-fd 0: cannot read the passphrase: is a terminal"),
        "{shown}"
    );

    let script = "set -m; \"$@\" & wait $!";
    let tool = tool.to_str().unwrap();
    let session = Session::start(
        Path::new("sh"),
        ["-c", script, "sh", tool, "--ca-path", path, "-f", "CN", "x"],
    );
    let (code, shown) = session.finish();
    assert_eq!(code, Some(78), "{shown}");
    assert!(
        shown.contains("the terminal (this process runs in the background)"),
        "{shown}"
    );
}

#[test]
fn encrypted_block_among_the_public_files_does_not_make_openssl_ask() {
    for (name, label, code) in [
        ("ca.cert.pem", "CERTIFICATE", 1),
        ("ca.chain.pem", "CERTIFICATE", 1),
        ("ca.csr.pem", "CERTIFICATE REQUEST", 0),
        ("ca.public_key.pem", "PUBLIC KEY", 0),
    ] {
        let directory = old_identity();
        let block = format!(
            "-----BEGIN {label}-----\nProc-Type: 4,ENCRYPTED\n\
             DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n\
             AAAAAAAAAAAAAAAAAAAAAA==\n-----END {label}-----\n"
        );
        put(directory.path().join(name), block);
        let path = directory.path().to_str().unwrap();
        let session = Session::start(
            &binary("ca_check_identity"),
            ["--ca-path", path, "--no-key"],
        );
        let (ended, shown) = session.finish();
        assert_eq!(ended, Some(code), "{shown}");
        assert!(
            shown.contains(&format!("{name}: contains an encrypted block")),
            "{shown}"
        );
    }
}
