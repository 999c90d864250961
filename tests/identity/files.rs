//! The files of an identity: missing, garbage, open to the wrong people.

use std::fs;

use sapi_tests::program::program;
use sapi_tests::tool::{openssl, run};

use super::{check, chmod, load_with, old_identity, put};

const KEY: &str = "ca.private_key.pem";
const CERTIFICATE: &str = "ca.cert.pem";

#[test]
fn modes_of_the_key() {
    let directory = old_identity();
    let key = directory.path().join(KEY);
    for mode in [0o400, 0o440, 0o600, 0o640] {
        chmod(&key, mode);
        load_with(directory.path(), "hush").unwrap();
    }
    for (mode, part) in [
        (0o644, "every user can read it; chmod o-rwx"),
        (0o604, "every user can read it"),
        (0o660, "its group can write it; chmod g-w"),
        (0o620, "its group can write it"),
        (0o642, "every user can write it; chmod o-w"),
        (0o666, "every user can write it"),
    ] {
        chmod(&key, mode);
        let error = load_with(directory.path(), "hush").unwrap_err().to_string();
        assert!(
            error.starts_with("ca.private_key.pem: ") && error.contains(part),
            "{error}"
        );
        let table = run(check(directory.path())
            .arg("--no-key")
            .env_remove("CA_PASSPHRASE"));
        assert!(table.expect(1).stdout.contains(part));
    }
}

#[test]
fn modes_of_certificate_and_directory() {
    let directory = old_identity();
    let certificate = directory.path().join(CERTIFICATE);
    for (mode, fits) in [(0o644, true), (0o640, true), (0o664, false), (0o646, false)] {
        chmod(&certificate, mode);
        let loaded = load_with(directory.path(), "hush");
        assert_eq!(loaded.is_ok(), fits, "{mode:o}: {loaded:?}");
    }
    chmod(&certificate, 0o644);
    for (mode, fits) in [(0o750, true), (0o770, true), (0o757, false), (0o1757, true)] {
        chmod(directory.path(), mode);
        let loaded = load_with(directory.path(), "hush");
        assert_eq!(loaded.is_ok(), fits, "{mode:o}: {loaded:?}");
    }
}

#[test]
fn missing_and_garbage_files_are_named() {
    for name in [KEY, CERTIFICATE] {
        let directory = old_identity();
        fs::remove_file(directory.path().join(name)).unwrap();
        let error = load_with(directory.path(), "hush").unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{name}: the file does not exist")),
            "{error}"
        );
        assert!(
            run(&mut check(directory.path()))
                .expect(1)
                .stdout
                .contains(&error)
        );
    }
    for (name, content) in [
        (KEY, "garbage"),
        (KEY, ""),
        (CERTIFICATE, "garbage"),
        (CERTIFICATE, ""),
    ] {
        let directory = old_identity();
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        let error = load_with(directory.path(), "hush").unwrap_err().to_string();
        assert!(error.starts_with(&format!("{name}: no ")), "{error}");
    }
    let error = load_with(std::path::Path::new("/proc/nonexistent"), "hush")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("/proc/nonexistent: the file does not exist"),
        "{error}"
    );
}

#[test]
fn truncated_and_huge_files_are_refused() {
    for name in [KEY, CERTIFICATE] {
        let directory = old_identity();
        let path = directory.path().join(name);
        let mut content = fs::read(&path).unwrap();
        content.truncate(content.len() / 2);
        fs::write(&path, &content).unwrap();
        assert!(
            load_with(directory.path(), "hush")
                .unwrap_err()
                .to_string()
                .starts_with(name)
        );
        fs::write(&path, vec![b'x'; 300 * 1024]).unwrap();
        let error = load_with(directory.path(), "hush").unwrap_err().to_string();
        assert_eq!(error, format!("{name}: larger than 256 KiB"));
    }
}

#[test]
fn what_is_no_regular_file_does_not_hang() {
    for name in [KEY, CERTIFICATE] {
        let directory = old_identity();
        let path = directory.path().join(name);
        fs::remove_file(&path).unwrap();
        run(program("mkfifo").arg(&path)).expect(0);
        run(&mut check(directory.path())).expect(1);
        let error = load_with(directory.path(), "hush").unwrap_err().to_string();
        assert_eq!(error, format!("{name}: not a regular file"));
    }
}

#[test]
fn crt_goes_before_cert() {
    let directory = old_identity();
    let path = directory.path();
    let rightful = fs::read(path.join(CERTIFICATE)).unwrap();
    fs::rename(path.join(CERTIFICATE), path.join("ca.crt.pem")).unwrap();
    put(path.join(CERTIFICATE), "garbage");
    let loaded = load_with(path, "hush").unwrap();
    assert_eq!(loaded.certificate.to_pem().unwrap(), rightful);
    let table = run(&mut check(path)).expect(0).stdout;
    assert!(table.contains("ca.crt.pem"), "{table}");
    fs::rename(path.join("ca.crt.pem"), path.join("ca.cert.pem")).unwrap();
    put(path.join("ca.crt.pem"), "garbage");
    let error = load_with(path, "hush").unwrap_err().to_string();
    assert_eq!(error, "ca.crt.pem: no certificate in PEM");
}

#[test]
fn public_key_and_request_are_compared_but_not_needed() {
    let directory = old_identity();
    let path = directory.path();
    let table = run(&mut check(path)).expect(0).stdout;
    assert_eq!(
        table.matches("not present, and not needed").count(),
        2,
        "{table}"
    );
    let other = old_identity();
    openssl(
        other.path(),
        &[
            "pkey",
            "-in",
            KEY,
            "-passin",
            "pass:hush",
            "-pubout",
            "-out",
            "ca.public_key.pem",
        ],
    );
    fs::copy(
        other.path().join("ca.public_key.pem"),
        path.join("ca.public_key.pem"),
    )
    .unwrap();
    put(path.join("ca.csr.pem"), "garbage");
    let table = run(&mut check(path)).expect(0).stdout;
    assert!(
        table.contains("warning  public key   ca.public_key.pem: does not match the certificate"),
        "{table}"
    );
    assert!(
        table.contains("warning  request      ca.csr.pem: not readable"),
        "{table}"
    );
    load_with(path, "hush").unwrap();
}
