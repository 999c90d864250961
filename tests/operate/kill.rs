//! `kill -9` at any time leaves nothing that hinders the next start.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustix::process::Signal;

use super::client::Client;
use super::crowd::{Crowd, Manner};
use super::{place, request};
use sapi_tests::running::Running;

/// Content and times of the identity's files.
fn identity(folder: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let of = |name: &str| {
        let path = folder.join(name);
        let changed = fs::metadata(&path).unwrap().modified().unwrap();
        (name.to_owned(), (fs::read(&path).unwrap(), changed))
    };
    ["ca.private_key.pem", "ca.cert.pem"].map(of).into()
}

#[test]
fn killed_while_it_starts_signs_and_reloads_it_starts_again() {
    let place = place("");
    let before = identity(place.path());
    let files = |folder: &Path| {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    drop(place.start());
    let ordinary = files(place.path());

    // At some point of its start.
    for step in 0..12 {
        let mut command = place.command("test-shell", "serve");
        let starting = Running::start(command.stderr(std::process::Stdio::null()));
        std::thread::sleep(Duration::from_millis(step * 8));
        drop(starting);
    }
    // Under load, and in the middle of reloads.
    for _ in 0..5 {
        let shell = place.start();
        let crowd = Crowd::gather(8, Manner::Once, &place.socket(), |_| Ok(()));
        crowd.wait_for(50);
        shell.signal(Signal::HUP);
        shell.signal(Signal::KILL);
        let outcome = shell.wait();
        assert_eq!(outcome.code, None);
        crowd.leave();
    }
    let shell = place.start();
    let answer = Client::put_once(&place.socket(), "web01", &request()).unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(super::page(&place, "/readyz").status, 200);
    shell.end().expect(0);
    assert_eq!(
        identity(place.path()),
        before,
        "the server does not touch the identity"
    );
    let left: Vec<_> = files(place.path());
    let strange: Vec<_> = left
        .iter()
        .filter(|name| !ordinary.contains(name) && *name != ".sapi.new")
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
}
