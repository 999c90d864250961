//! The passphrase of `serve` and `sign`, and what others see of a process that has had it.

use std::fs;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use sapi_tests::shell::{PASSPHRASE, Place, Shell};
use sapi_tests::terminal::Session;
use sapi_tests::tool::{binary, detached, finish, run};
use sapi_tests::users::{as_root, is_root};

use super::{Scene, prepared};

/// `serve` in a session without a terminal, and without any passphrase.
fn serve(place: &Place) -> Command {
    let mut command = detached(&binary("test-shell"));
    command
        .args(["serve", "--config"])
        .arg(place.file("sapi.toml"));
    command
}

/// A file with a passphrase.
fn file(place: &Place, name: &str, passphrase: &str) -> String {
    let path = place.file(name);
    fs::write(&path, format!("{passphrase}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    path.display().to_string()
}

#[test]
fn every_source_unlocks_and_goes_before_the_next() {
    let place = prepared("");
    let good = file(&place, "good", PASSPHRASE);
    let bad = file(&place, "bad", "wrong");
    let credentials = |passphrase: &str| {
        let folder = place.file(passphrase);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("ca-passphrase"), passphrase).unwrap();
        folder
    };
    let (good_credentials, bad_credentials) = (credentials(PASSPHRASE), credentials("wrong"));
    // From the strongest source to the weakest: this one is right, and all weaker ones are wrong.
    for strongest in 0..5 {
        let mut command = serve(&place);
        let named = |at: usize| if at == strongest { &good } else { &bad };
        if strongest == 0 {
            command.args(["--passphrase-fd", "0"]);
            command.stdin(fs::File::open(&good).unwrap());
        } else {
            command.stdin(Stdio::null());
        }
        if strongest <= 1 {
            command.args(["--passphrase-file", named(1)]);
        }
        if strongest <= 2 {
            command.env("SAPI_PASSPHRASE_FILE", named(2));
        }
        if strongest <= 3 {
            let folder = if strongest == 3 {
                &good_credentials
            } else {
                &bad_credentials
            };
            command.env("CREDENTIALS_DIRECTORY", folder);
        }
        command.env(
            "CA_PASSPHRASE",
            if strongest == 4 { PASSPHRASE } else { "wrong" },
        );
        // `setsid` becomes the shell, as it leads no group when it starts.
        let shell = Shell::start(&mut command);
        assert_eq!(shell.end().code, Some(0), "{strongest}");
    }
}

#[test]
fn a_wrong_passphrase_stops_the_start_with_a_sentence() {
    let place = prepared("");
    for subcommand in ["serve", "sign"] {
        let mut command = place.command("test-shell", subcommand);
        if subcommand == "sign" {
            command
                .args(["--client", "web01"])
                .arg(place.file("client.csr"));
        }
        let outcome = run(command.env("CA_PASSPHRASE", "mistaken"));
        let said = outcome
            .expect(78)
            .says(&["ca.private_key.pem", "wrong passphrase"]);
        assert!(!said.stderr.contains("mistaken"), "{}", said.stderr);
        let sentences = said
            .stderr
            .lines()
            .filter(|line| line.starts_with("error:"));
        assert_eq!(sentences.count(), 1, "{}", said.stderr);
    }
    assert!(!place.socket().exists());
}

#[test]
fn none_and_no_terminal_stops_the_start_with_the_list() {
    let place = prepared("");
    let outcome = run(&mut serve(&place)).expect(78);
    outcome.says(&[
        "--passphrase-fd",
        "--passphrase-file",
        "SAPI_PASSPHRASE_FILE",
        "CREDENTIALS_DIRECTORY",
        "CA_PASSPHRASE",
        "terminal",
    ]);
    assert!(!place.socket().exists());
}

#[test]
fn broken_sources_stop_the_start() {
    let place = prepared("");
    fs::write(place.file("empty"), "\n").unwrap();
    fs::write(place.file("long"), "x".repeat(1025)).unwrap();
    for (name, said) in [
        ("missing", "No such file"),
        ("empty", "empty"),
        ("long", "1024"),
    ] {
        let mut command = serve(&place);
        command.arg("--passphrase-file").arg(place.file(name));
        // The next source has the passphrase, but it is not tried.
        command.env("CA_PASSPHRASE", PASSPHRASE);
        run(&mut command).expect(78).says(&[name, said]);
    }
    let mut command = serve(&place);
    run(command.args(["--passphrase-fd", "77"]))
        .expect(78)
        .says(&["--passphrase-fd 77"]);
}

#[test]
fn a_terminal_is_asked_once() {
    let place = prepared("");
    let settings = place.file("sapi.toml").display().to_string();
    let csr = place.file("client.csr").display().to_string();
    let arguments = ["sign", "--config", &settings, "--client", "web01", &csr];
    let mut session = Session::start(&binary("test-shell"), arguments);
    session.sees("Passphrase of the CA's private key: ");
    session.types(&format!("{PASSPHRASE}\n"));
    let (code, shown) = session.finish();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("BEGIN CERTIFICATE") && !shown.contains(PASSPHRASE),
        "{shown}"
    );
}

#[test]
fn the_serving_process_shows_nothing() {
    let place = prepared("log.filter = \"trace\"");
    let mut command = place.command("test-shell", "serve");
    let shell = Shell::start(command.env("SAPIENS", "kept"));
    let scene = Scene { shell, place };
    scene.works();
    let proc = |name: &str| fs::read(format!("/proc/{}/{name}", scene.shell.id()));
    let limits = String::from_utf8(proc("limits").unwrap()).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let words: Vec<_> = core.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core}");
    // The files of an undumpable process belong to root, so only root reads its environment.
    use std::os::unix::fs::MetadataExt;
    let environ = fs::metadata(format!("/proc/{}/environ", scene.shell.id())).unwrap();
    assert_eq!(environ.uid(), 0);
    if !is_root() {
        proc("environ").unwrap_err();
    }
    let arguments = String::from_utf8_lossy(&proc("cmdline").unwrap()).into_owned();
    assert!(!arguments.contains(PASSPHRASE), "{arguments}");
    // Even with every line that any part of the program can log.
    let log = scene.shell.log();
    assert!(log.contains("TRACE"), "the filter is on");
    for secret in [PASSPHRASE, "PRIVATE KEY"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn not_even_root_finds_the_passphrase_in_the_environment() {
    let place = prepared("");
    let mut command = place.command("test-shell", "serve");
    let shell = Shell::start(&mut as_root(command.env("SAPIENS", "kept")));
    let environ = fs::read(format!("/proc/{}/environ", shell.id())).unwrap();
    let environment = String::from_utf8_lossy(&environ).into_owned();
    assert!(environment.contains("SAPIENS=kept"), "{environment}");
    assert!(!environment.contains("CA_PASSPHRASE"), "{environment}");
    assert!(!environment.contains(PASSPHRASE), "{environment}");
}

#[test]
fn a_pipe_is_read_by_its_number() {
    let place = prepared("");
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    fs::File::from(writer)
        .write_all(PASSPHRASE.as_bytes())
        .unwrap();
    let mut command = detached(&binary("test-shell"));
    // The child inherits no number but 0 to 2, so the pipe is its standard input.
    assert!(reader.as_raw_fd() > 2);
    command.args([
        "sign",
        "--passphrase-fd",
        "0",
        "--client",
        "web01",
        "--config",
    ]);
    command
        .arg(place.file("sapi.toml"))
        .arg(place.file("client.csr"));
    let child = command
        .stdin(fs::File::from(reader))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let outcome = finish(child.unwrap()).expect(0);
    assert!(outcome.stdout.contains("BEGIN CERTIFICATE"));
}
