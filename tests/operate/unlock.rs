//! Secrets of a running service: unlocking, locked memory, what `/proc` shows.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use sapi_tests::program::program;
use sapi_tests::shell::{PASSPHRASE, Place, Shell};
use sapi_tests::tool::{binary, run};
use sapi_tests::users::{as_root, as_user, is_root};

use super::client::Client;
use super::{proc_status, request};

#[test]
fn a_wrong_passphrase_waits_is_logged_and_stops_the_start() {
    let place = Place::new("");
    let begun = Instant::now();
    let mut command = place.command("test-shell", "serve");
    let outcome = run(command.env("CA_PASSPHRASE", "not-the-one"))
        .expect(78)
        .says(&[
            "\"level\":\"ERROR\"",
            "not unlocked",
            "error: ca.private_key.pem: wrong passphrase",
        ]);
    assert!(
        begun.elapsed() >= Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    assert!(
        !outcome.stderr.contains("not-the-one"),
        "{}",
        outcome.stderr
    );
    assert!(!place.socket().exists());
}

#[test]
fn key_memory_is_locked() {
    let place = Place::new("");
    let shell = place.start();
    assert_eq!(proc_status(&shell, "VmLck"), "1024 kB");
    assert!(!shell.log().contains("swapped"), "{}", shell.log());
}

#[test]
fn where_memory_cannot_be_locked_there_is_a_warning_and_a_service() {
    let place = Place::new("");
    let mut command = program("prlimit");
    command.arg("--memlock=0:0");
    if is_root() {
        // Root locks without limit unless this capability is gone.
        command.args([
            "setpriv",
            "--bounding-set",
            "-ipc_lock",
            "--inh-caps",
            "-ipc_lock",
        ]);
    }
    command
        .arg(binary("test-shell"))
        .args(["serve", "--config"])
        .arg(place.file("sapi.toml"))
        .env("CA_PASSPHRASE", PASSPHRASE);
    let mut shell = Shell::start(&mut command);
    let line = shell.logs(|line| line.contains("may be swapped"));
    assert!(line.contains("LimitMEMLOCK="), "{line}");
    assert!(line.contains("\"level\":\"WARN\""), "{line}");
    let answer = Client::put_once(&place.socket(), "web01", &request()).unwrap();
    assert_eq!(answer.status, 200);
}

#[test]
fn a_running_service_shows_no_passphrase_and_cannot_be_dumped() {
    let place = Place::new("");
    let shell = place.start();
    let proc = |name: &str| fs::read(format!("/proc/{}/{name}", shell.id())).unwrap_or_default();
    let limits = String::from_utf8(proc("limits")).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words: Vec<_> = core.unwrap().split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"]);
    for name in ["environ", "cmdline"] {
        let shown = String::from_utf8_lossy(&proc(name)).into_owned();
        assert!(!shown.contains(PASSPHRASE), "{name}");
    }
    assert!(!shell.log().contains(PASSPHRASE));
    // Of an undumpable process everything belongs to root, whoever runs it.
    use std::os::unix::fs::MetadataExt;
    assert_eq!(
        fs::metadata(format!("/proc/{}/mem", shell.id()))
            .unwrap()
            .uid(),
        0
    );
}

#[test]
fn an_identity_open_to_others_is_refused() {
    for (mode, what) in [
        (0o644, "every user can read it"),
        (0o660, "its group can write it"),
        (0o602, "every user can write it"),
    ] {
        let place = Place::new("");
        let key = place.file("ca.private_key.pem");
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        run(&mut place.command("test-shell", "serve"))
            .expect(78)
            .says(&["ca.private_key.pem", what]);
    }
}

#[test]
fn root_serves_only_where_the_settings_say_so() {
    let place = Place::new("allow_root = false");
    let serve = || place.command("test-shell", "serve");
    run(&mut as_root(&serve())).expect(78).says(&[
        "refusing to run as root",
        "allow_root = true",
        "--allow-root",
    ]);
    assert!(!place.socket().exists());
    // What needs no socket may be done by root.
    run(&mut as_root(&place.command("test-shell", "config"))).expect(0);
    let mut flag = as_root(serve().arg("--allow-root"));
    Shell::start(&mut flag).end().expect(0);
    Shell::start(&mut as_user(&serve(), place.path()))
        .end()
        .expect(0);
    place.settings("allow_root = true");
    Shell::start(&mut as_root(&serve())).end().expect(0);
}
