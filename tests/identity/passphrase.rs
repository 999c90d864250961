//! The sources of the passphrase: their order, and the error when all of them fail.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use sapi_tests::program::program;
use sapi_tests::tool::{Outcome, binary, detached, finish, openssl, run};
use tempfile::TempDir;

use super::{chmod, listing, load_with, old_identity};

/// A place for a new CA, and files whose passphrases name their source.
struct Scene {
    folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["fd", "file", "variable", "ca-passphrase"] {
            fs::write(folder.path().join(name), format!("{name}\n")).unwrap();
            chmod(&folder.path().join(name), 0o400);
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Creates an identity with these sources, by number. Returns the one that was used.
    fn used(&self, sources: &[usize]) -> &'static str {
        let ca = self.folder.path().join("ca");
        let mut command = self.tool();
        for source in sources {
            match source {
                0 => command.args(["--passphrase-fd", "0"]),
                1 => command.args(["--passphrase-file", &self.path("file")]),
                2 => command.env("SAPI_PASSPHRASE_FILE", self.path("variable")),
                3 => command.env("CREDENTIALS_DIRECTORY", self.folder.path()),
                _ => command.env("CA_PASSPHRASE", "environment"),
            };
        }
        let stdin = fs::File::open(self.path("fd")).unwrap();
        let child = command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        finish(child.unwrap()).expect(0);
        let fits = |passphrase: &&str| load_with(&ca, passphrase).is_ok();
        let used = ["fd", "file", "variable", "ca-passphrase", "environment"]
            .into_iter()
            .find(fits);
        fs::remove_dir_all(&ca).unwrap();
        used.unwrap()
    }

    fn tool(&self) -> Command {
        let mut command = detached(&binary("ca_create_identity"));
        command
            .args(["-f", "CN", "ca.net", "--ca-path"])
            .arg(self.folder.path().join("ca"));
        command
    }

    fn fails(&self, command: &mut Command) -> Outcome {
        let outcome = run(command).expect(78);
        assert!(!self.folder.path().join("ca").exists());
        outcome
    }
}

#[test]
fn each_source_works_and_the_first_given_wins() {
    let scene = Scene::new();
    let order = ["fd", "file", "variable", "ca-passphrase", "environment"];
    for (number, name) in order.into_iter().enumerate() {
        assert_eq!(scene.used(&[number]), name);
        let rest: Vec<_> = (number..order.len()).rev().collect();
        assert_eq!(scene.used(&rest), name);
    }
}

#[test]
fn without_any_source_the_error_lists_them_all() {
    let scene = Scene::new();
    scene.fails(&mut scene.tool()).says(&[
        "no passphrase for the CA's private key; tried",
        "--passphrase-fd (not given)",
        "--passphrase-file and SAPI_PASSPHRASE_FILE (not given)",
        "$CREDENTIALS_DIRECTORY/ca-passphrase (CREDENTIALS_DIRECTORY is not set)",
        "CA_PASSPHRASE (not set)",
        "the terminal (not available)",
    ]);
    let empty = tempfile::tempdir().unwrap();
    scene
        .fails(scene.tool().env("CREDENTIALS_DIRECTORY", empty.path()))
        .says(&["ca-passphrase (no such file)"]);
}

#[test]
fn broken_source_is_not_passed_over() {
    let scene = Scene::new();
    let tool = || {
        let mut command = scene.tool();
        command.env("CA_PASSPHRASE", "environment");
        command
    };
    scene
        .fails(tool().args(["--passphrase-fd", "77"]))
        .says(&["--passphrase-fd 77: cannot read"]);
    scene
        .fails(tool().args(["--passphrase-file", "/proc/nonexistent"]))
        .says(&["/proc/nonexistent: cannot read"]);
    scene
        .fails(tool().env("SAPI_PASSPHRASE_FILE", "/proc/nonexistent"))
        .says(&["SAPI_PASSPHRASE_FILE (/proc/nonexistent): cannot read"]);
    fs::remove_file(scene.path("ca-passphrase")).unwrap();
    fs::create_dir(scene.path("ca-passphrase")).unwrap();
    scene
        .fails(tool().env("CREDENTIALS_DIRECTORY", scene.folder.path()))
        .says(&["ca-passphrase: cannot read"]);
    scene
        .fails(scene.tool().env("SAPI_PASSPHRASE_HANDOVER", "x"))
        .says(&["SAPI_PASSPHRASE_HANDOVER: cannot read"]);
}

#[test]
fn length_is_bounded_wherever_it_comes_from() {
    let scene = Scene::new();
    for (length, part) in [
        (0, "is empty"),
        (1025, "more than 1024 bytes"),
        (5000, "more than 1024 bytes"),
    ] {
        let text = "x".repeat(length);
        fs::write(scene.path("long"), &text).unwrap();
        scene
            .fails(
                scene
                    .tool()
                    .args(["--passphrase-file", &scene.path("long")]),
            )
            .says(&[part]);
        scene
            .fails(scene.tool().env("CA_PASSPHRASE", &text))
            .says(&["CA_PASSPHRASE: ", part]);
    }
    for length in [1, 1024] {
        let text = "x".repeat(length);
        run(scene.tool().env("CA_PASSPHRASE", &text)).expect(0);
        let ca = scene.folder.path().join("ca");
        load_with(&ca, &text).unwrap();
        let key = ["pkey", "-in", "ca.private_key.pem", "-noout", "-passin"];
        openssl(&ca, &[&key[..], &[&format!("pass:{text}")]].concat());
        fs::remove_dir_all(ca).unwrap();
    }
}

#[test]
fn bytes_are_taken_as_they_are() {
    let scene = Scene::new();
    for text in ["0123", " padded ", "true", "a\n\nb", "ünï", "-x"] {
        run(scene.tool().env("CA_PASSPHRASE", text)).expect(0);
        let ca = scene.folder.path().join("ca");
        load_with(&ca, text).unwrap();
        fs::remove_dir_all(ca).unwrap();
    }
}

#[test]
fn file_that_others_can_read_is_warned_of() {
    let scene = Scene::new();
    let warned = |scene: &Scene| {
        let outcome = run(scene
            .tool()
            .args(["--passphrase-file", &scene.path("file")]))
        .expect(0);
        fs::remove_dir_all(scene.folder.path().join("ca")).unwrap();
        outcome
            .stderr
            .contains("every user of this machine can read the passphrase")
    };
    assert!(!warned(&scene));
    chmod(Path::new(&scene.path("file")), 0o444);
    assert!(warned(&scene));
}

#[test]
fn fifos_pipes_and_sockets_serve_as_descriptors() {
    let scene = Scene::new();
    let script = "printf hush | \"$@\" --passphrase-fd 3 3<&0 </dev/null";
    let mut command = program("setsid");
    command
        .args(["--wait", "sh", "-c", script, "sh"])
        .arg(binary("ca_create_identity"));
    command
        .args(["-f", "CN", "ca.net", "--ca-path"])
        .arg(scene.folder.path().join("ca"));
    run(&mut command).expect(0);
    load_with(&scene.folder.path().join("ca"), "hush").unwrap();
}

#[test]
fn wrong_passphrase_is_a_fault_and_none_a_warning() {
    let directory = old_identity();
    let check = || {
        let mut command = detached(&binary("ca_check_identity"));
        command.arg("--ca-path").arg(directory.path());
        command
    };
    let before = listing(directory.path());
    let table = run(check().env("CA_PASSPHRASE", "wrong")).expect(1).stdout;
    assert!(
        table.contains("FAULT    private key  ca.private_key.pem: wrong passphrase"),
        "{table}"
    );
    for command in [
        &mut check(),
        check().arg("--no-key").env("CA_PASSPHRASE", "wrong"),
    ] {
        let table = run(command).expect(0).stdout;
        assert!(
            table.contains("warning  private key  not tested: no passphrase"),
            "{table}"
        );
    }
    run(check().env("SAPI_PASSPHRASE_FILE", "/proc/nonexistent")).expect(78);
    assert_eq!(listing(directory.path()), before);
}

#[test]
fn descriptor_is_read_to_its_end() {
    let scene = Scene::new();
    let mut child = scene
        .tool()
        .args(["--passphrase-fd", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    for part in ["hu", "sh", "\n"] {
        pipe.write_all(part.as_bytes()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    drop(pipe);
    finish(child).expect(0);
    load_with(&scene.folder.path().join("ca"), "hush").unwrap();
}
