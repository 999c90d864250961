//! The service in the hands of its operator: systemd, reload, restart, metrics, logs, overload, secrets.

mod client;
mod crowd;
mod health;
mod kill;
mod limits;
mod logs;
mod metrics;
mod notify;
mod reload;
mod restart;
mod rules;
mod systemd;
mod unlock;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use sapi::testing::{Authority, RequestBuilder};
use sapi_tests::curl::Reply;
use sapi_tests::shell::{PASSPHRASE, Place, Shell};

/// A place whose operator listener is on too.
fn place(settings: &str) -> Place {
    let place = Place::new("");
    place.settings(&with_operator(&place, settings));
    place
}

fn with_operator(place: &Place, settings: &str) -> String {
    let socket = operator_socket(place);
    format!(
        "operator.listen = \"unix:{}\"\n{settings}",
        socket.display()
    )
}

fn operator_socket(place: &Place) -> std::path::PathBuf {
    place.file("operator.sock")
}

/// A page of the operator listener.
fn page(place: &Place, path: &str) -> Reply {
    let mut command = sapi_tests::curl::command(Path::new("/dev/null"));
    command
        .arg("--unix-socket")
        .arg(operator_socket(place))
        .arg(format!("http://localhost{path}"));
    sapi_tests::curl::run(&mut command)
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

/// A request as PEM.
fn request() -> String {
    let request = RequestBuilder::new().common_name("web01");
    request.dns("web01.example.com").build().pem().to_owned()
}

/// Puts another CA into a place, locked with the usual passphrase.
fn write_identity(folder: &Path, ca: &Authority) {
    write_locked(folder, ca, PASSPHRASE);
}

fn write_locked(folder: &Path, ca: &Authority, passphrase: &str) {
    let key = ca.key().private_key().ec_key().unwrap();
    let cipher = openssl::symm::Cipher::aes_128_cbc();
    let pem = key.private_key_to_pem_passphrase(cipher, passphrase.as_bytes());
    for (name, content) in [
        ("ca.private_key.pem", pem.unwrap()),
        ("ca.cert.pem", ca.pem().into_bytes()),
    ] {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o640)).unwrap();
    }
}

/// Waits for a condition, at most a minute.
#[track_caller]
fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "not so within a minute: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A line of `/proc/PID/status`.
fn proc_status(shell: &Shell, key: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{}/status", shell.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    line.unwrap().trim_start_matches(':').trim().to_owned()
}
