//! The unix socket from before the start to after the end.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Command, Stdio};

use rustix::process::Signal;
use sapi_tests::program::program;
use sapi_tests::running::Running;
use sapi_tests::shell::{PASSPHRASE, Place};
use sapi_tests::tool::{Outcome, binary, forget_variables, run};

use super::{Scene, assert_problem, prepared, until};

/// Starts once more in the same place, which must fail.
fn refused(place: &Place) -> Outcome {
    run(&mut place.command("test-shell", "serve")).expect(69)
}

/// Asserts that the socket is the only new file in the place.
#[track_caller]
fn nothing_left_over(place: &Place) {
    let mut names: Vec<_> = fs::read_dir(place.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            ![
                "ca.cert.pem",
                "ca.private_key.pem",
                "client.csr",
                "sapi.toml",
            ]
            .contains(&&**name)
        })
        .collect();
    names.retain(|name| name != "sapi.sock");
    assert!(names.is_empty(), "{names:?}");
}

#[test]
fn it_has_its_mode_and_group_and_goes_at_the_end() {
    let scene = Scene::new();
    let found = fs::symlink_metadata(scene.place.socket()).unwrap();
    assert!(found.file_type().is_socket());
    assert_eq!(found.permissions().mode() & 0o7777, 0o660);
    nothing_left_over(&scene.place);
    let outcome = scene.shell.end();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!scene.place.socket().exists());
    nothing_left_over(&scene.place);
}

#[test]
fn mode_and_group_are_settings() {
    // A group that the tests' user is in: its own, or any when it is root.
    let gid = match rustix::process::geteuid().is_root() {
        true => 1,
        false => rustix::process::getegid().as_raw(),
    };
    let groups = fs::read_to_string("/etc/group").unwrap();
    let of_gid = |line: &&str| line.split(':').nth(2) == Some(&gid.to_string());
    let group = groups
        .lines()
        .find(of_gid)
        .unwrap()
        .split(':')
        .next()
        .unwrap();
    let scene = Scene::with(&format!("socket.mode = \"0606\"\nsocket.group = {group:?}"));
    let found = fs::symlink_metadata(scene.place.socket()).unwrap();
    assert_eq!(found.permissions().mode() & 0o7777, 0o606);
    assert_eq!(found.gid(), gid);
}

#[test]
fn an_unknown_group_stops_the_start() {
    let place = prepared("socket.group = \"no-such-group\"");
    refused(&place).says(&["socket.group", "no-such-group"]);
    assert!(!place.socket().exists());
    nothing_left_over(&place);
}

#[test]
fn a_stale_socket_is_replaced() {
    let place = prepared("");
    drop(UnixListener::bind(place.socket()).unwrap());
    let before = fs::symlink_metadata(place.socket()).unwrap().ino();
    let scene = Scene::on(place);
    assert_ne!(
        fs::symlink_metadata(scene.place.socket()).unwrap().ino(),
        before
    );
    scene.works();
}

#[test]
fn a_killed_instance_leaves_a_socket_that_the_next_replaces() {
    let mut scene = Scene::new();
    scene.shell.signal(Signal::KILL);
    let shell = std::mem::replace(&mut scene.shell, {
        until("the old one is gone", || {
            UnixStream::connect(scene.place.socket()).is_err()
        });
        scene.place.start()
    });
    drop(shell);
    scene.works();
    nothing_left_over(&scene.place);
}

#[test]
fn what_one_killed_in_the_middle_of_its_start_left_is_cleared() {
    let place = prepared("");
    drop(UnixListener::bind(place.file(".sapi.new")).unwrap());
    let scene = Scene::on(place);
    scene.works();
    nothing_left_over(&scene.place);
}

#[test]
fn a_live_instance_is_left_alone() {
    let scene = Scene::new();
    let before = fs::symlink_metadata(scene.place.socket()).unwrap().ino();
    refused(&scene.place).says(&["sapi.sock", "another instance"]);
    assert_eq!(
        fs::symlink_metadata(scene.place.socket()).unwrap().ino(),
        before
    );
    scene.works();
    nothing_left_over(&scene.place);
}

#[test]
fn of_two_that_start_at_once_one_serves() {
    let place = prepared("");
    let mut commands: Vec<Command> = (0..4)
        .map(|_| place.command("test-shell", "serve"))
        .collect();
    let mut children: Vec<_> = commands
        .iter_mut()
        .map(|command| Running::start(command.stderr(Stdio::null())))
        .collect();
    let mut codes = Vec::new();
    until("all but one have ended", || {
        children.retain_mut(|child| match child.try_wait().unwrap() {
            Some(status) => {
                codes.push(status.code());
                false
            }
            None => true,
        });
        children.len() <= 1
    });
    assert_eq!(codes, [Some(69); 3]);
    assert!(UnixStream::connect(place.socket()).is_ok());
}

#[test]
fn what_is_no_socket_is_never_touched() {
    let place = prepared("");
    let socket = place.socket();

    fs::write(&socket, "precious").unwrap();
    refused(&place).says(&["sapi.sock", "is not a socket"]);
    assert_eq!(fs::read_to_string(&socket).unwrap(), "precious");
    fs::remove_file(&socket).unwrap();

    fs::create_dir(&socket).unwrap();
    refused(&place).says(&["sapi.sock", "is not a socket"]);
    fs::remove_dir(&socket).unwrap();

    for target in ["target", "missing"] {
        fs::write(place.file("target"), "precious").unwrap();
        symlink(place.file(target), &socket).unwrap();
        refused(&place).says(&["sapi.sock", "is not a socket"]);
        assert_eq!(fs::read_link(&socket).unwrap(), place.file(target));
        assert_eq!(
            fs::read_to_string(place.file("target")).unwrap(),
            "precious"
        );
        fs::remove_file(&socket).unwrap();
    }

    fs::write(place.file(".sapi.new"), "precious").unwrap();
    refused(&place).says(&[".sapi.new", "is not a socket"]);
    assert_eq!(
        fs::read_to_string(place.file(".sapi.new")).unwrap(),
        "precious"
    );
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let place = prepared("listen = \"unix:/no/such/folder/sapi.sock\"");
    refused(&place).says(&["/no/such/folder"]);
}

#[test]
fn the_end_leaves_what_another_has_put_in_its_place() {
    let scene = Scene::new();
    fs::remove_file(scene.place.socket()).unwrap();
    let _other = UnixListener::bind(scene.place.socket()).unwrap();
    let before = fs::symlink_metadata(scene.place.socket()).unwrap().ino();
    assert_eq!(scene.shell.end().code, Some(0));
    assert_eq!(
        fs::symlink_metadata(scene.place.socket()).unwrap().ino(),
        before
    );
}

#[test]
fn a_port_in_use_is_an_error_that_names_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let place = prepared(&format!("listen = {address:?}"));
    refused(&place).says(&[&address, "in use"]);
}

/// `systemd-socket-activate` as systemd: it opens the socket, and starts the shell at the first connection.
#[test]
fn a_socket_from_systemd_is_taken_over() {
    let place = prepared("listen = \"unix:/not/used/here.sock\"");
    let activated = place.file("activated.sock");
    let mut command = program("systemd-socket-activate");
    forget_variables(&mut command);
    command
        .arg("--listen")
        .arg(&activated)
        .arg(format!("--setenv=CA_PASSPHRASE={PASSPHRASE}"))
        .arg(binary("test-shell"))
        .args(["serve", "--config"])
        .arg(place.file("sapi.toml"));
    let _activator = Running::start(command.stderr(Stdio::null()));
    until("systemd listens", || activated.exists());
    let mut curl = sapi_tests::curl::command(std::path::Path::new("/dev/null"));
    curl.arg("--unix-socket")
        .arg(&activated)
        .arg("--upload-file")
        .arg(place.file("client.csr"));
    let reply = sapi_tests::curl::run(curl.arg("http://localhost/api/csr/deny"));
    assert_problem(&reply, 403, "denied");
    assert!(activated.exists());
}

#[test]
fn a_port_from_systemd_is_taken_over() {
    let place = prepared("");
    let port = {
        let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        probe.local_addr().unwrap().port()
    };
    let mut command = program("systemd-socket-activate");
    forget_variables(&mut command);
    command
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .arg(format!("--setenv=CA_PASSPHRASE={PASSPHRASE}"))
        .arg(binary("test-shell"))
        .args(["serve", "--config"])
        .arg(place.file("sapi.toml"));
    let _activator = Running::start(command.stderr(Stdio::null()));
    until("systemd listens", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    let mut curl = sapi_tests::curl::command(std::path::Path::new("/dev/null"));
    curl.arg("--upload-file").arg(place.file("client.csr"));
    let reply = sapi_tests::curl::run(curl.arg(format!("http://127.0.0.1:{port}/api/csr/deny")));
    assert_problem(&reply, 403, "denied");
}

#[test]
fn a_client_may_come_before_the_first_request() {
    let scene = Scene::new();
    let mut early = scene.shell.connect();
    scene.works();
    early.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let answer = sapi_tests::stream::read_to_close(&mut *early);
    assert_problem(&sapi_tests::curl::Reply::parse(&answer), 404, "not-found");
}
