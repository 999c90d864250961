//! `ca_backup` and `ca_restore`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sapi_tests::program::program;
use sapi_tests::tool::{Outcome, openssl, run};
use tempfile::TempDir;

use super::{Root, SUB_CA, ca, leaf, tool, write};

/// A person with a key and a certificate.
fn person(folder: &Path, name: &str, kind: &[&str]) {
    person_of(folder, name, kind, "+0");
}

/// Made so long ago, for a month.
fn person_of(folder: &Path, name: &str, kind: &[&str], age: &str) {
    let (key, certificate) = (format!("{name}.key"), format!("{name}.crt"));
    let subject = format!("/CN={name}");
    let mut line = vec!["req", "-x509", "-nodes", "-subj", &subject, "-days", "30"];
    line.extend(["-keyout", &key, "-out", &certificate, "-newkey"]);
    line.extend(kind);
    let mut command = program("faketime");
    command.args(["-f", age, "openssl"]).args(line);
    run(command.current_dir(folder)).expect(0);
}

const EC: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const RSA: &[&str] = &["rsa:2048"];

fn backup(ca: &Path, folder: &Path, recipients: &[&str]) -> Outcome {
    let mut command = tool("ca_backup", ca);
    for name in recipients {
        command.arg("--to").arg(folder.join(format!("{name}.crt")));
    }
    run(command.arg("-o").arg(folder.join("backup.pem")))
}

fn restore(to: &Path, folder: &Path, name: &str) -> Command {
    let mut command = tool("ca_restore", to);
    command
        .arg("--recipient")
        .arg(folder.join(format!("{name}.crt")));
    command.arg("--key").arg(folder.join(format!("{name}.key")));
    command.arg(folder.join("backup.pem"));
    command
}

fn identity(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("ca.")
        })
        .map(|path| (path.file_name().unwrap().into(), fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}

#[test]
fn either_recipient_opens_it_with_openssl_and_tar_alone() {
    let (ca, folder) = (ca(), TempDir::new().unwrap());
    let path = folder.path();
    person(path, "alice", EC);
    person(path, "bob", RSA);
    let outcome = backup(ca.path(), path, &["alice", "bob"]).expect(0);
    assert!(
        outcome.stdout.contains("Private key: unlocks"),
        "{}",
        outcome.stdout
    );
    let mode = fs::metadata(path.join("backup.pem"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    for name in ["alice", "bob"] {
        let out = path.join(name);
        fs::create_dir(&out).unwrap();
        let script = format!(
            "openssl cms -decrypt -inform PEM -in backup.pem -recip {name}.crt -inkey {name}.key \
             | tar -x -C {name} && cd {name}/ca && sha256sum --check --quiet SHA256SUMS"
        );
        run(program("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(path))
        .expect(0);
        assert_eq!(identity(&out.join("ca")), identity(ca.path()));
        let key = fs::read_to_string(out.join("ca/ca.private_key.pem")).unwrap();
        assert!(key.contains("BEGIN ENCRYPTED PRIVATE KEY"), "{key}");
    }
    let text = openssl(
        path,
        &[
            "cms",
            "-cmsout",
            "-print",
            "-inform",
            "PEM",
            "-in",
            "backup.pem",
        ],
    );
    for part in ["pkcs7-envelopedData", "aes-256-cbc"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn it_is_restored_and_signs() {
    let (ca, folder) = (ca(), TempDir::new().unwrap());
    let path = folder.path();
    person(path, "alice", EC);
    person(path, "bob", RSA);
    backup(ca.path(), path, &["alice", "bob"]).expect(0);
    for name in ["alice", "bob"] {
        let to = path.join(format!("restored-{name}"));
        run(&mut restore(&to, path, name)).expect(0);
        assert_eq!(identity(&to), identity(ca.path()));
        run(&mut tool("ca_check_identity", &to)).expect(0);
        leaf(&to);
    }
    // Decrypted by hand.
    let mut line = vec!["cms", "-decrypt", "-inform", "PEM", "-in", "backup.pem"];
    line.extend([
        "-recip",
        "bob.crt",
        "-inkey",
        "bob.key",
        "-out",
        "backup.tar",
    ]);
    openssl(path, &line);
    let to = path.join("by-hand");
    run(tool("ca_restore", &to).arg(path.join("backup.tar"))).expect(0);
    assert_eq!(identity(&to), identity(ca.path()));
    // Alice's key is locked.
    let mut line = vec!["pkey", "-in", "alice.key", "-aes256", "-out", "locked.key"];
    line.extend(["-passout", "pass:secret"]);
    openssl(path, &line);
    fs::rename(path.join("locked.key"), path.join("alice.key")).unwrap();
    let to = path.join("locked");
    run(&mut restore(&to, path, "alice"))
        .expect(78)
        .says(&["--key-passphrase-fd (not given)"]);
    let secret = write(path, "secret", "secret");
    run(restore(&to, path, "alice")
        .arg("--key-passphrase-file")
        .arg(secret))
    .expect(0);
    assert_eq!(identity(&to), identity(ca.path()));
}

#[test]
fn what_cannot_be_opened_or_was_altered_is_not_restored() {
    let (ca, folder) = (ca(), TempDir::new().unwrap());
    let path = folder.path();
    person(path, "alice", EC);
    person(path, "mallory", EC);
    backup(ca.path(), path, &["alice"]).expect(0);
    let to = path.join("to");
    run(&mut restore(&to, path, "mallory"))
        .expect(65)
        .says(&["does not open with this recipient's"]);
    run(restore(&to, path, "alice").env("CA_PASSPHRASE", "wrong"))
        .expect(78)
        .says(&["wrong passphrase", "nothing was restored"]);
    run(tool("ca_restore", &to).arg(path.join("backup.pem")))
        .expect(64)
        .says(&["give --recipient and --key"]);
    let garbage = write(path, "garbage", "neither nor");
    run(tool("ca_restore", &to).arg(garbage)).expect(65);

    let mut line = vec!["cms", "-decrypt", "-inform", "PEM", "-in", "backup.pem"];
    line.extend(["-inkey", "alice.key", "-out", "backup.tar"]);
    openssl(path, &line);
    let altered = |script: &str| {
        let script = format!(
            "rm -rf ca && tar -xf backup.tar && cd ca && {script} && cd .. && tar -cf altered.tar ca/*"
        );
        run(program("bash").args(["-euc", &script]).current_dir(path)).expect(0);
        run(tool("ca_restore", &to).arg(path.join("altered.tar")))
    };
    let other = super::ca();
    let exchange = format!("cp {}/ca.cert.pem .", other.path().display());
    altered(&exchange)
        .expect(65)
        .says(&["ca.cert.pem: is not as it was"]);
    altered("rm ca.cert.pem")
        .expect(65)
        .says(&["ca.cert.pem: is not as it was"]);
    altered("echo x > authorized_keys")
        .expect(65)
        .says(&["authorized_keys: does not belong"]);
    altered("rm ca.cert.pem && ln -s /etc/passwd ca.cert.pem").expect(65);
    // Whoever can write the sums can exchange a file; then the key does not fit.
    altered(&(exchange + " && sha256sum ca.* > SHA256SUMS"))
        .expect(78)
        .says(&["is not the key of the certificate"]);
    assert!(identity(&to).is_empty());
    let left = fs::read_dir(&to).unwrap().count();
    assert_eq!(left, 0, "nothing is left behind");
}

#[test]
fn nothing_is_overwritten() {
    let (ca, folder) = (ca(), TempDir::new().unwrap());
    let path = folder.path();
    person(path, "alice", EC);
    backup(ca.path(), path, &["alice"]).expect(0);
    let before = fs::read(path.join("backup.pem")).unwrap();
    backup(ca.path(), path, &["alice"])
        .expect(73)
        .says(&["backup.pem"]);
    assert_eq!(fs::read(path.join("backup.pem")).unwrap(), before);
    let other = super::ca();
    let before = identity(other.path());
    run(&mut restore(other.path(), path, "alice"))
        .expect(1)
        .says(&["an identity exists and was kept"]);
    assert_eq!(identity(other.path()), before);
}

#[test]
fn unfit_recipients_and_identities_are_refused() {
    let (ca, folder) = (ca(), TempDir::new().unwrap());
    let path = folder.path();
    person(path, "signer", &["ed25519"]);
    person_of(path, "gone", EC, "-60d");
    person(path, "alice", EC);
    backup(ca.path(), path, &["alice", "signer"])
        .expect(65)
        .says(&["recipient CN=signer: the key can only sign"]);
    backup(ca.path(), path, &["alice", "gone"])
        .expect(65)
        .says(&["recipient CN=gone: the certificate is valid from"]);
    backup(ca.path(), path, &[]).expect(64).says(&["--to"]);
    backup(ca.path(), path, &["missing"])
        .expect(66)
        .says(&["missing.crt"]);
    // A plain key never gets into a backup.
    let mut line = vec!["pkey", "-in", "ca.private_key.pem", "-passin", "pass:hush"];
    line.extend(["-out", "plain.pem"]);
    openssl(ca.path(), &line);
    fs::rename(
        ca.path().join("plain.pem"),
        ca.path().join("ca.private_key.pem"),
    )
    .unwrap();
    for key in [&[][..], &["--no-key"]] {
        let mut command = tool("ca_backup", ca.path());
        command.args(key).arg("--to").arg(path.join("alice.crt"));
        run(command.arg("-o").arg(path.join("backup.pem")))
            .expect(78)
            .says(&["the key is not encrypted"]);
    }
    assert!(!path.join("backup.pem").exists());
}

#[test]
fn an_intermediate_is_kept_with_its_chain_and_before_it_has_one() {
    let (folder, ca, root) = (
        TempDir::new().unwrap(),
        TempDir::new().unwrap(),
        Root::new(),
    );
    let path = folder.path();
    person(path, "alice", EC);
    let mut create = tool("ca_create_identity", ca.path());
    run(create.args(["--intermediate", "-f", "CN", "issuing"])).expect(0);
    backup(ca.path(), path, &["alice"]).expect(0);
    run(&mut restore(&path.join("waiting"), path, "alice")).expect(0);
    assert_eq!(identity(&path.join("waiting")), identity(ca.path()));
    fs::remove_file(path.join("backup.pem")).unwrap();

    let signed = root.certify(ca.path(), SUB_CA, &["-days", "60"]);
    let mut install = tool("ca_install_certificate", ca.path());
    run(install.arg(signed).arg(root.path().join("root.pem"))).expect(0);
    backup(ca.path(), path, &["alice"]).expect(0);
    run(&mut restore(&path.join("whole"), path, "alice")).expect(0);
    assert_eq!(identity(&path.join("whole")), identity(ca.path()));
    assert!(path.join("whole/ca.chain.pem").exists());
}
