//! The CA's identity: created, adopted, refused; its passphrase; what the process hides.

mod authority;
mod create;
mod existing;
mod files;
mod hardening;
mod keys;
mod passphrase;
mod terminal;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use sapi::identity::{IdentityError, LoadedIdentity, Passphrase, load};
use sapi_tests::tool::{binary, detached, openssl};

/// `ca_create_identity` on a directory, with the passphrase `hush`.
fn create(directory: &Path) -> Command {
    let mut command = detached(&binary("ca_create_identity"));
    command
        .arg("--ca-path")
        .arg(directory)
        .env("CA_PASSPHRASE", "hush");
    command
}

/// `ca_check_identity` on a directory, with the passphrase `hush`.
fn check(directory: &Path) -> Command {
    let mut command = detached(&binary("ca_check_identity"));
    command
        .arg("--ca-path")
        .arg(directory)
        .env("CA_PASSPHRASE", "hush");
    command
}

/// Loads the identity as the service does.
fn load_with(directory: &Path, passphrase: &str) -> Result<LoadedIdentity, IdentityError> {
    load(
        directory,
        &Passphrase::new(passphrase.as_bytes().to_vec()).unwrap(),
        now(),
    )
}

#[allow(
    clippy::disallowed_methods,
    reason = "a test is where the time comes from"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Every file below a directory, with its content.
fn listing(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(listing(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

/// A self-signed CA certificate by the `openssl` command, for the key in the directory.
fn certify(directory: &Path, extensions: &[&str]) {
    let mut arguments = vec![
        "req",
        "-x509",
        "-new",
        "-key",
        "ca.private_key.pem",
        "-passin",
        "pass:hush",
        "-subj",
        "/CN=old",
        "-days",
        "30",
        "-out",
        "ca.cert.pem",
        "-config",
        "req.cnf",
    ];
    for extension in extensions {
        arguments.extend(["-addext", extension]);
    }
    // An empty configuration has no extensions of its own to add.
    fs::write(
        directory.join("req.cnf"),
        "[req]\ndistinguished_name = dn\n[dn]\n",
    )
    .unwrap();
    openssl(directory, &arguments);
    fs::remove_file(directory.join("req.cnf")).unwrap();
}

/// The extensions that a CA's certificate needs.
const CA: &[&str] = &[
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign",
];

/// Writes a file that others may read, whatever the umask of the tests.
fn put(path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
    fs::write(&path, content).unwrap();
    chmod(path.as_ref(), 0o644);
}

/// Sets a file's mode.
fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A directory as an operator of ssl_api has it: an EC key in the old form, and a certificate.
fn old_identity() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    openssl(
        path,
        &[
            "ecparam",
            "-name",
            "prime256v1",
            "-genkey",
            "-noout",
            "-out",
            "plain",
        ],
    );
    openssl(
        path,
        &[
            "ec",
            "-in",
            "plain",
            "-aes128",
            "-passout",
            "pass:hush",
            "-out",
            "ca.private_key.pem",
        ],
    );
    fs::remove_file(path.join("plain")).unwrap();
    chmod(&path.join("ca.private_key.pem"), 0o640);
    certify(path, CA);
    directory
}
