//! The actions after a new certificate.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use sapi_tests::program::program;
use sapi_tests::running::Running;
use sapi_tests::tool::{run, wait};

use super::Scene;
use crate::http::until;

#[test]
fn a_command_is_run_after_a_new_certificate_and_only_then() {
    let scene = Scene::new();
    let note = scene.place.file("note");
    let command = format!(
        "openssl x509 -in \"$SAPI_CLIENT_DIR/cert.pem\" -noout -subject >> {}",
        note.display()
    );
    for _ in 0..2 {
        run(scene.client("web01").args(["--on-renew", &command])).expect(0);
        assert_eq!(fs::read_to_string(&note).unwrap(), "subject=CN = web01\n");
    }
}

#[test]
fn its_failure_is_reported_and_it_is_tried_again() {
    let scene = Scene::new();
    let says = [
        "on-renew: exit status: 3",
        "the new certificate is in place",
    ];
    run(scene.client("web01").args(["--on-renew", "exit 3"]))
        .expect(127)
        .says(&says);
    scene.verifies("web01");
    // The next run has nothing to renew, but it does not forget the failure.
    run(scene.client("web01").args(["--on-renew", "exit 3"]))
        .expect(127)
        .says(&says);
    let note = scene.place.file("note");
    let touch = format!("touch {}", note.display());
    run(scene.client("web01").args(["--on-renew", &touch])).expect(0);
    assert!(note.exists());
    assert_eq!(scene.asked("web01"), 1);
    run(scene.client("web01").args(["--on-renew", "exit 3"])).expect(0);
}

#[test]
fn a_process_gets_a_signal() {
    let scene = Scene::new();
    let (note, pid) = (scene.place.file("note"), scene.place.file("pid"));
    let script = format!(
        "trap 'echo got > {}; exit' USR1; echo $$ > {}.new; mv {1}.new {1}; while :; do sleep 0.05; done",
        note.display(),
        pid.display()
    );
    let mut process = program("sh");
    process.arg("-c").arg(script).stdin(Stdio::null());
    let mut process = Running::start(&mut process);
    until("it has said its id", || pid.exists());
    let with = |client: &str| {
        let mut command = scene.client(client);
        command.args(["--signal", "USR1", "--pid-file"]).arg(&pid);
        command
    };
    run(&mut with("web01")).expect(0);
    until("it has got the signal", || note.exists());
    let _status = wait(&mut process);
    run(&mut with("web02"))
        .expect(127)
        .says(&["pid-file: ", "No such process"]);
    for wrong in ["", "nonsense", "-1", "0", "1"] {
        fs::write(&pid, wrong).unwrap();
        run(&mut with("web02"))
            .expect(127)
            .says(&["it does not contain a process id"]);
    }
}

#[test]
fn a_unit_is_reloaded() {
    let scene = Scene::new();
    let (bin, note) = (scene.place.file("bin"), scene.place.file("note"));
    fs::create_dir(&bin).unwrap();
    let script = |end: &str| {
        let path = bin.join("systemctl");
        fs::write(
            &path,
            format!("#!/bin/sh\necho \"$@\" >> {}\n{end}\n", note.display()),
        )
        .unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let with = || {
        let mut command = scene.client("web01");
        command.args(["--reload-unit", "nginx.service"]);
        command.env(
            "PATH",
            format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()),
        );
        command
    };
    script("exit 5");
    run(&mut with())
        .expect(127)
        .says(&["reload-unit: exit status: 5"]);
    script("exit 0");
    run(&mut with()).expect(0);
    assert_eq!(
        fs::read_to_string(&note).unwrap(),
        "reload -- nginx.service\n".repeat(2)
    );
}
