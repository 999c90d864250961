//! `ca_change_passphrase`.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use sapi_tests::program::program;
use sapi_tests::terminal::Session;
use sapi_tests::tool::{binary, openssl, run};
use tempfile::TempDir;

use super::{ca, leaf, tool, write};

fn unlocks(directory: &Path, passphrase: &str) -> bool {
    let mut check = tool("ca_check_identity", directory);
    run(check.env("CA_PASSPHRASE", passphrase)).code == Some(0)
}

#[test]
fn the_old_one_no_longer_unlocks_and_the_new_one_does() {
    let ca = ca();
    let new = write(ca.path(), "new", "battery staple\n");
    let key = ca.path().join("ca.private_key.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o440)).unwrap();
    let before = fs::metadata(&key).unwrap();
    let mut change = tool("ca_change_passphrase", ca.path());
    let outcome = run(change.arg("--new-passphrase-file").arg(&new)).expect(0);
    assert!(outcome.stdout.contains("is changed"), "{}", outcome.stdout);
    assert!(unlocks(ca.path(), "battery staple") && !unlocks(ca.path(), "hush"));
    let after = fs::metadata(&key).unwrap();
    assert_eq!(
        (before.mode(), before.uid(), before.gid()),
        (after.mode(), after.uid(), after.gid())
    );
    openssl(
        ca.path(),
        &[
            "pkey",
            "-in",
            "ca.private_key.pem",
            "-passin",
            "file:new",
            "-noout",
        ],
    );
    assert!(
        !fs::read_to_string(&key)
            .unwrap()
            .contains("BEGIN PRIVATE KEY"),
        "never plain"
    );
}

#[test]
fn at_a_terminal_both_are_asked_for() {
    let ca = ca();
    let path = ca.path().to_str().unwrap();
    let tool = binary("ca_change_passphrase");
    let mut session = Session::start(&tool, ["--ca-path", path]);
    session.sees("Passphrase of the CA's private key");
    session.types("hush\n");
    session.sees("New passphrase");
    session.types("one\n");
    session.sees("again");
    session.types("other\n");
    let (code, shown) = session.finish();
    assert_eq!(code, Some(78), "{shown}");
    assert!(unlocks(ca.path(), "hush"));

    let mut session = Session::start(&tool, ["--ca-path", path]);
    session.sees("Passphrase of the CA's private key");
    session.types("hush\n");
    session.sees("New passphrase");
    session.types("fresh\n");
    session.sees("again");
    session.types("fresh\n");
    let (code, shown) = session.finish();
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains("fresh"), "{shown}");
    assert!(unlocks(ca.path(), "fresh"));
}

#[test]
fn refusals_leave_the_key_as_it_was() {
    let ca = ca();
    let key = ca.path().join("ca.private_key.pem");
    let before = fs::read(&key).unwrap();
    let new = write(ca.path(), "new", "fresh");
    let empty = write(ca.path(), "empty", "");
    let change = || tool("ca_change_passphrase", ca.path());
    run(change()
        .env("CA_PASSPHRASE", "wrong")
        .arg("--new-passphrase-file")
        .arg(&new))
    .expect(78)
    .says(&["wrong passphrase"]);
    run(change().arg("--new-passphrase-file").arg(&empty))
        .expect(78)
        .says(&["empty"]);
    run(&mut change()).expect(78).says(&[
        "--new-passphrase-fd (not given)",
        "--new-passphrase-file (not given)",
        "the terminal",
    ]);
    let listed = fs::read_dir(ca.path()).unwrap().count();
    assert_eq!(fs::read(&key).unwrap(), before);
    assert_eq!(listed, 6, "nothing is left behind");
}

#[test]
fn an_old_form_becomes_scrypt_and_a_link_stays_one() {
    let ca = ca();
    let real = TempDir::new().unwrap();
    let target = real.path().join("key.pem");
    let mut line = vec!["pkey", "-in", "ca.private_key.pem", "-passin", "pass:hush"];
    line.extend(["-traditional", "-aes128", "-passout", "pass:hush", "-out"]);
    line.push(target.to_str().unwrap());
    openssl(ca.path(), &line);
    let old = fs::read_to_string(&target).unwrap();
    assert!(old.contains("Proc-Type: 4,ENCRYPTED"), "{old}");
    let link = ca.path().join("ca.private_key.pem");
    fs::remove_file(&link).unwrap();
    symlink(&target, &link).unwrap();
    let same = write(real.path(), "same", "hush");
    let mut change = tool("ca_change_passphrase", ca.path());
    run(change.arg("--new-passphrase-file").arg(same)).expect(0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let parsed = openssl(real.path(), &["asn1parse", "-in", "key.pem"]);
    assert!(parsed.contains(":scrypt"), "{parsed}");
    leaf(ca.path());
}

#[test]
fn a_full_disk_changes_nothing() {
    let ca = ca();
    let key = ca.path().join("ca.private_key.pem");
    let before = fs::read(&key).unwrap();
    let new = write(ca.path(), "new", "fresh");
    let mut command = program("setsid");
    // No file may grow.
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";
    command
        .args(["--wait", "sh", "-c", script, "sh"])
        .arg(binary("ca_change_passphrase"))
        .arg("--ca-path")
        .arg(ca.path())
        .arg("--new-passphrase-file")
        .arg(new)
        .env("CA_PASSPHRASE", "hush");
    run(&mut command).expect(73).says(&[
        "ca.private_key.pem: cannot be written",
        "nothing was changed",
    ]);
    assert_eq!(fs::read(&key).unwrap(), before);
    assert_eq!(fs::read_dir(ca.path()).unwrap().count(), 5);
}
