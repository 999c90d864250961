//! systemd's own tools: the unit files, socket activation, credentials.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use sapi_tests::program::program;
use sapi_tests::running::Running;
use sapi_tests::shell::{PASSPHRASE, Place, Shell};
use sapi_tests::tool::{binary, run};
use sapi_tests::units;

use super::client::Client;
use super::{request, soon};

/// The shipped units in a folder, naming the shell built here.
fn shipped() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/systemd");
    for name in ["sapi.service", "sapi.socket"] {
        let text = fs::read_to_string(deploy.join(name)).unwrap();
        let built = binary("sapi-hooks-example").display().to_string();
        let text = text.replace("/usr/bin/sapi-hooks-example", &built);
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn the_units_are_good_and_a_slip_is_found() {
    let folder = shipped();
    let verify = || units::verify(folder.path(), &["sapi.service", "sapi.socket"]);
    assert_eq!(verify(), "");
    let service = folder.path().join("sapi.service");
    let text = fs::read_to_string(&service).unwrap();
    fs::write(&service, text.replace("WatchdogSec", "WatchdogSek")).unwrap();
    assert!(verify().contains("WatchdogSek"));
}

#[test]
fn the_unit_waits_for_ready_feeds_the_watchdog_and_hides_the_passphrase() {
    let text = fs::read_to_string(shipped().path().join("sapi.service")).unwrap();
    for line in [
        "Type=notify",
        "ExecReload=+/bin/kill -HUP $MAINPID",
        "WatchdogSec=30s",
        "LoadCredential=ca-passphrase:/etc/sapi/ca-passphrase",
        "LimitMEMLOCK=8M",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}");
    }
}

#[test]
fn systemd_socket_activate_passes_a_socket_that_outlives_us() {
    let place = Place::new("");
    let socket = place.file("activated.sock");
    let mut command = program("systemd-socket-activate");
    command
        .arg("--listen")
        .arg(&socket)
        .args(["-E", &format!("CA_PASSPHRASE={PASSPHRASE}")])
        .arg(binary("test-shell"))
        .args(["serve", "--config"])
        .arg(place.file("sapi.toml"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    let activator = Running::start(&mut command);
    soon("the socket", || socket.exists());
    // The first client starts the service and is answered.
    let answer = Client::put_once(&socket, "web01", &request()).unwrap();
    assert_eq!(answer.status, 200);
    assert!(!place.socket().exists(), "listen is not used then");
    drop(activator);
    assert!(socket.exists(), "a socket of others is not removed");
}

fn start_with_credential(place: &Place, credentials: &Path) -> Shell {
    let mut command = place.command("test-shell", "serve");
    command
        .env_remove("CA_PASSPHRASE")
        .env("CREDENTIALS_DIRECTORY", credentials);
    Shell::start(&mut command)
}

#[test]
fn the_passphrase_comes_from_a_credential() {
    let place = Place::new("");
    let credentials = tempfile::tempdir().unwrap();
    let file = credentials.path().join("ca-passphrase");
    fs::write(&file, format!("{PASSPHRASE}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    start_with_credential(&place, credentials.path())
        .end()
        .expect(0);
}

#[test]
fn the_passphrase_comes_from_an_encrypted_credential() {
    let place = Place::new("");
    let passphrase = place.file("passphrase");
    let encrypted = place.file("ca-passphrase.cred");
    fs::write(&passphrase, PASSPHRASE).unwrap();
    let creds = |arguments: &[&str], from: &Path, to: &Path| {
        let mut command = program("systemd-creds");
        // In the place of the machine's key, which is for root alone.
        command.env("SYSTEMD_CREDENTIAL_SECRET", place.file("host-key"));
        run(command.args(arguments).arg(from).arg(to)).expect(0);
    };
    let name = "--name=ca-passphrase";
    creds(
        &["encrypt", "--with-key=host", name],
        &passphrase,
        &encrypted,
    );
    let text = fs::read_to_string(&encrypted).unwrap();
    assert!(!text.contains(PASSPHRASE), "{text}");
    let credentials = tempfile::tempdir().unwrap();
    let decrypted = credentials.path().join("ca-passphrase");
    creds(&["decrypt", name], &encrypted, &decrypted);
    start_with_credential(&place, credentials.path())
        .end()
        .expect(0);
}
