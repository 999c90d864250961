//! A restart under load: systemd keeps the socket open, and no request is lost.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::Stdio;

use sapi_tests::program::program;
use sapi_tests::shell::{PASSPHRASE, Place, Shell};
use sapi_tests::tool::binary;

use super::client::Client;
use super::crowd::{Crowd, Manner, is_200};
use super::request;

/// Starts a shell as systemd does: the socket is descriptor 3, and the variables say so.
fn start_with(place: &Place, listener: &UnixListener) -> Shell {
    const PASS: &str = "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\"";
    let socket: OwnedFd = listener.try_clone().unwrap().into();
    let mut command = program("sh");
    command
        .args(["-c", PASS])
        .arg(binary("test-shell"))
        .args(["serve", "--config"])
        .arg(place.file("sapi.toml"))
        .env("CA_PASSPHRASE", PASSPHRASE)
        .stdin(Stdio::from(socket));
    Shell::start(&mut command)
}

#[test]
fn five_restarts_under_load_lose_none_of_five_thousand_requests() {
    let place = Place::new("");
    let listener = UnixListener::bind(place.socket()).unwrap();
    let mut shell = start_with(&place, &listener);
    assert_eq!(shell.listen, "unix socket from systemd");
    let crowd = Crowd::gather(8, Manner::Once, &place.socket(), is_200);
    for _ in 0..5 {
        crowd.wait_for(800);
        let outcome = shell.end();
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("given up"), "{}", outcome.stderr);
        // In the gap nobody answers, and nobody is turned away.
        shell = start_with(&place, &listener);
    }
    crowd.wait_for(1000);
    let (answered, faults) = crowd.leave();
    assert!(
        faults.is_empty(),
        "{} of {answered}: {:?}",
        faults.len(),
        faults[0]
    );
    assert!(answered >= 5000, "{answered}");
    println!("{answered} requests, 5 restarts, no fault");
}

#[test]
fn kept_connections_are_told_to_close_before_the_end() {
    let place = Place::new("");
    let listener = UnixListener::bind(place.socket()).unwrap();
    let mut shell = start_with(&place, &listener);
    let crowd = Crowd::gather(8, Manner::Keep, &place.socket(), is_200);
    for _ in 0..3 {
        crowd.wait_for(300);
        let outcome = shell.end();
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        shell = start_with(&place, &listener);
    }
    crowd.wait_for(300);
    let (answered, faults) = crowd.leave();
    assert!(
        faults.is_empty(),
        "{} of {answered}: {:?}",
        faults.len(),
        faults[0]
    );
}

#[test]
fn what_waits_in_the_queue_is_the_successors() {
    let place = Place::new("");
    let listener = UnixListener::bind(place.socket()).unwrap();
    let shell = start_with(&place, &listener);
    shell.end().expect(0);
    let mut early = Client::connect(&place.socket()).unwrap();
    early.send("early", &request(), "close").unwrap();
    let shell = start_with(&place, &listener);
    assert_eq!(early.answer().unwrap().status, 200);
    shell.end().expect(0);
    assert!(
        fs::metadata(place.socket()).is_ok(),
        "a socket of others is not removed"
    );
}
