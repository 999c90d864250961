//! Kills the client at every step, with -9: the old files or the new ones remain, and the next run goes on.

use std::fs;
use std::process::Command;

use sapi_tests::program::{program, through};
use sapi_tests::tool::{Outcome, run};

use super::Scene;

#[test]
fn a_first_enrolment_may_be_killed_anywhere() {
    let scene = Scene::new();
    let mut kills = 0;
    every_step(|number, kill| {
        let client = format!("web{number}");
        let killed = run(&mut under(kill, &socket_client(&scene, &client)));
        kills += usize::from(killed.code.is_none_or(|code| code != 0));
        if scene.dir(&client).join("cert.pem").exists() {
            scene.verifies(&client);
        } else {
            scene.has_nothing(&client);
        }
        run(&mut socket_client(&scene, &client)).expect(0);
        scene.verifies(&client);
        killed
    });
    assert!(kills > 15, "{kills} steps only");
}

#[test]
fn a_renewal_may_be_killed_anywhere() {
    let scene = Scene::new();
    run(&mut socket_client(&scene, "web01")).expect(0);
    let done = scene.place.file("done");
    let mut kills = 0;
    every_step(|_, kill| {
        let before = (
            scene.read("web01", "key.pem"),
            scene.read("web01", "cert.pem"),
        );
        let mut renew = socket_client(&scene, "web01");
        renew.args(["renew", "--before", "2d", "--new-key", "--on-renew"]);
        renew.arg(format!("cp cert.pem {}", done.display()));
        renew.current_dir(scene.dir("web01"));
        let killed = run(&mut under(kill, &renew));
        kills += usize::from(killed.code.is_none_or(|code| code != 0));
        scene.verifies("web01");
        let after = (
            scene.read("web01", "key.pem"),
            scene.read("web01", "cert.pem"),
        );
        assert_eq!(
            before.0 == after.0,
            before.1 == after.1,
            "half old, half new"
        );
        // There is nothing to renew, but the actions left undone are done.
        let mut again = socket_client(&scene, "web01");
        again.args([
            "renew",
            "--on-renew",
            &format!("cp cert.pem {}", done.display()),
        ]);
        run(again.current_dir(scene.dir("web01"))).expect(0);
        scene.verifies("web01");
        if before != after {
            assert_eq!(
                fs::read_to_string(&done).unwrap(),
                after.1,
                "the actions were not done"
            );
        }
        killed
    });
    assert!(kills > 20, "{kills} steps only");
    let sets = fs::read_dir(scene.dir("web01")).unwrap().flatten();
    let sets = sets.filter(|entry| entry.file_name().to_string_lossy().starts_with(".set-"));
    assert!(sets.count() <= 2, "old sets pile up");
}

/// For each kind of step that changes the disk: kills at its first, its second and so on, to the last.
fn every_step(mut killed: impl FnMut(usize, (&str, u32)) -> Outcome) {
    let mut number = 0;
    for calls in [
        "?rename,renameat,?renameat2",
        "?symlink,symlinkat",
        "?mkdir,mkdirat",
        "?unlink,unlinkat",
        "fsync",
        "?chmod,fchmod,fchmodat",
        "write",
    ] {
        for step in 1..60 {
            number += 1;
            let outcome = killed(number, (calls, step));
            if outcome.code == Some(0) {
                break;
            }
            assert!(step < 59, "{calls}: it never ends well: {}", outcome.stderr);
        }
    }
}

/// The command, killed when it begins one of these system calls for the `step`-th time.
fn under((calls, step): (&str, u32), command: &Command) -> Command {
    let mut strace = program("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-e"]);
    strace.arg(format!("trace={calls}")).arg("-e");
    strace.arg(format!("inject={calls}:signal=KILL:when={step}"));
    through(strace, command)
}

fn socket_client(scene: &Scene, client: &str) -> Command {
    let mut command = scene.lost(client);
    command.args([
        "--once",
        "--url",
        &format!("unix:{}", scene.place.socket().display()),
    ]);
    command
        .arg("--ca-file")
        .arg(scene.place.file("ca.cert.pem"));
    command
}
