//! The daemon.

use std::fs;
use std::process::{Command, Stdio};

use sapi_tests::program::libfaketime;
use sapi_tests::running::Running;
use sapi_tests::tool::finish;

use super::{Scene, bare};
use crate::http::until;

/// The daemon, its log piped.
fn daemon(command: &mut Command) -> Running {
    Running::start(command.stderr(Stdio::piped()).stdout(Stdio::null()))
}

/// What a daemon has said until now, when it is killed.
fn killed(mut daemon: Running) -> String {
    let ended = daemon.try_wait().unwrap();
    assert!(ended.is_none(), "it has ended by itself");
    daemon.end();
    finish(daemon).stderr
}

#[test]
fn it_renews_in_time_when_the_clock_jumps_as_after_a_suspend() {
    let scene = Scene::new();
    let clock = scene.place.file("clock");
    fs::write(&clock, "+0").unwrap();
    let mut command = scene.client("web01");
    command.arg("daemon").env("LD_PRELOAD", libfaketime());
    command
        .env("FAKETIME_TIMESTAMP_FILE", &clock)
        .env("FAKETIME_NO_CACHE", "1");
    // As after a suspend: only the wall clock has advanced.
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let running = daemon(&mut command);
    until("there is a first certificate", || {
        scene.dir("web01").join("cert.pem").exists()
    });
    let first = scene.read("web01", "cert.pem");
    fs::write(&clock, "+17h").unwrap();
    until("it has renewed", || {
        scene.read("web01", "cert.pem") != first
    });
    scene.verifies("web01");
    let _said = killed(running);
}

#[test]
fn it_outlives_a_server_that_is_away() {
    let mut scene = Scene::new();
    let _ended = scene.shell.take().unwrap().end();
    let running = daemon(scene.client("web01").arg("daemon"));
    until("it has asked in vain", || {
        scene.nginx.access_log().contains("\"status\":503")
    });
    scene.shell = Some(scene.place.start());
    until("there is a certificate", || {
        scene.dir("web01").join("cert.pem").exists()
    });
    scene.verifies("web01");
    assert!(killed(running).contains("trying again"));
}

#[test]
fn several_are_kept_by_one_and_a_rejection_ends_only_its_own() {
    let scene = Scene::new();
    let folder = scene.place.file("conf");
    fs::create_dir(&folder).unwrap();
    for client in ["deny", "web01", "later"] {
        let text = format!("client = {client:?}\ndir = {:?}\n", scene.dir(client));
        fs::write(folder.join(format!("{client}.toml")), text).unwrap();
    }
    let mut command = bare();
    command
        .args(["daemon", "--url", &scene.nginx.url(""), "--config-dir"])
        .arg(&folder);
    command
        .arg("--ca-file")
        .arg(scene.place.file("ca.cert.pem"));
    command.arg("--tls-ca-file").arg(scene.nginx.authority());
    let running = daemon(&mut command);
    until("the good one has its certificate", || {
        scene.dir("web01").join("cert.pem").exists()
    });
    until("the rejected one has asked", || scene.asked("deny") == 1);
    until("the third waits", || scene.asked("later") == 1);
    let said = killed(running);
    assert!(said.contains("deny: error: rejected: not on a"), "{said}");
    assert!(
        said.contains("later: the request is not decided yet"),
        "{said}"
    );
}
