//! What `deploy/client/` ships: each file is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sapi_tests::program::program;
use sapi_tests::running::Running;
use sapi_tests::tls::Authority;
use sapi_tests::tool::{binary, openssl, run};

use sapi_tests::units::verify;

use super::Scene;

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../deploy/client")
        .join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(shipped(name)).unwrap()
}

/// The shipped example of settings, in a folder of its own, for this scene.
fn example(scene: &Scene) -> PathBuf {
    let folder = scene.place.file("etc");
    fs::create_dir(&folder).unwrap();
    let here = |path: &Path| path.display().to_string();
    let mut settings = text("example.toml");
    for (from, to) in [
        ("https://ca.example.net", scene.nginx.url("")),
        ("/var/lib/sapi-client/web01", here(&scene.dir("web01"))),
        (
            "/etc/sapi-client/ca.pem",
            here(&scene.place.file("ca.cert.pem")),
        ),
        (
            "#tls_ca_file = \"/etc/sapi-client/tls-ca.pem\"",
            format!("tls_ca_file = {:?}", scene.nginx.authority()),
        ),
    ] {
        assert!(settings.contains(from), "{from}");
        settings = settings.replace(from, &to);
    }
    fs::write(folder.join("web01.toml"), settings).unwrap();
    folder
}

#[test]
fn the_units_are_sound_and_what_they_start_works() {
    let scene = Scene::new();
    let etc = example(&scene).display().to_string();
    let units = scene.place.file("units");
    fs::create_dir(&units).unwrap();
    let built = binary("sapi-client").display().to_string();
    let service = text("sapi-client@.service")
        .replace("/usr/bin/sapi-client", &built)
        .replace("/etc/sapi-client", &etc);
    fs::write(units.join("sapi-client@.service"), &service).unwrap();
    fs::copy(
        shipped("sapi-client@.timer"),
        units.join("sapi-client@.timer"),
    )
    .unwrap();
    let names = ["sapi-client@web01.service", "sapi-client@web01.timer"];
    assert_eq!(verify(&units, &names), "");

    let start = service
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="))
        .unwrap();
    let start = start.replace("%i", "web01");
    let words: Vec<_> = start.split(' ').collect();
    for _ in 0..2 {
        run(Command::new(words[0]).args(&words[1..])).expect(0);
    }
    scene.verifies("web01");
    assert_eq!(scene.asked("web01"), 1);
}

#[test]
fn the_line_for_cron_works() {
    let scene = Scene::new();
    let etc = example(&scene).display().to_string();
    let text = text("sapi-client.cron");
    let line = text.lines().find(|line| line.contains("root")).unwrap();
    let mut fields = line.splitn(7, ' ');
    let when: Vec<_> = fields.by_ref().take(5).collect();
    assert_eq!(&when[1..], ["*"; 4]);
    assert!(when[0].parse::<u8>().unwrap() < 60);
    assert_eq!(fields.next(), Some("root"));
    let command = fields.next().unwrap().replace("/etc/sapi-client", &etc);
    let folder = binary("sapi-client")
        .parent()
        .unwrap()
        .display()
        .to_string();
    for asked in [1, 1] {
        let mut cron = program("sh");
        cron.arg("-c")
            .arg(&command)
            .env("PATH", format!("{folder}:/usr/bin:/bin"));
        run(&mut cron).expect(0);
        assert_eq!(scene.asked("web01"), asked);
    }
    scene.verifies("web01");
}

/// The shell script, run by the plainest shell.
fn script(scene: &Scene, client: &str) -> Command {
    let mut command = program("dash");
    command.arg(shipped("sapi-client.sh"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SAPI_")) {
        command.env_remove(name);
    }
    command
        .env("SAPI_CLIENT_URL", scene.nginx.url(""))
        .env("SAPI_CLIENT_CLIENT", client);
    command
        .env("SAPI_CLIENT_DIR", scene.dir(client))
        .env("SAPI_CLIENT_BEFORE", "3600");
    command.env("SAPI_CLIENT_CA_FILE", scene.place.file("ca.cert.pem"));
    command.env("SAPI_CLIENT_TLS_CA_FILE", scene.nginx.authority());
    command
}

#[test]
fn the_script_enrols_renews_and_runs_what_follows() {
    let scene = Scene::new();
    let note = scene.place.file("note");
    for _ in 0..2 {
        let mut first = script(&scene, "holder");
        first.env("SAPI_CLIENT_NAME", "DNS:www.example.com,IP:192.0.2.1");
        first.env(
            "SAPI_CLIENT_ON_RENEW",
            format!("echo \"$SAPI_CLIENT_DIR\" >> {}", note.display()),
        );
        run(&mut first).expect(0);
        assert_eq!(fs::read_to_string(&note).unwrap().lines().count(), 1);
    }
    scene.verifies("holder");
    let san = openssl(
        &scene.dir("holder"),
        &[
            "x509",
            "-in",
            "cert.pem",
            "-noout",
            "-ext",
            "subjectAltName",
        ],
    );
    assert!(
        san.contains("DNS:www.example.com, IP Address:192.0.2.1"),
        "{san}"
    );
    assert_eq!(scene.asked("holder"), 1);
    // The policy grants another one only to a client that shows the first.
    let first = scene.read("holder", "cert.pem");
    run(script(&scene, "holder").env("SAPI_CLIENT_BEFORE", "200000")).expect(0);
    assert_ne!(first, scene.read("holder", "cert.pem"));
    scene.verifies("holder");
    // The program takes over what the script has begun.
    let key = scene.read("holder", "key.pem");
    run(scene.client("holder").args(["renew", "--before", "2d"])).expect(0);
    scene.verifies("holder");
    assert_eq!(key, scene.read("holder", "key.pem"));
}

#[test]
fn the_script_waits_and_sends_the_same_request() {
    let scene = Scene::new();
    run(script(&scene, "approve3").env("SAPI_CLIENT_ONCE", "1"))
        .expect(69)
        .says(&["not decided yet"]);
    run(script(&scene, "approve3").env("SAPI_CLIENT_ONCE", "1")).expect(69);
    run(&mut script(&scene, "approve3")).expect(0);
    scene.verifies("approve3");
    assert_eq!(scene.asked("approve3"), 4);
}

#[test]
fn the_script_ends_as_the_program_does() {
    let mut scene = Scene::new();
    run(&mut script(&scene, "deny"))
        .expect(77)
        .says(&["rejected: not on a"]);
    run(script(&scene, "slower").env("SAPI_CLIENT_ONCE", "1"))
        .expect(75)
        .says(&["429"]);
    run(script(&scene, "web01").env("SAPI_CLIENT_ON_RENEW", "exit 3")).expect(127);
    run(script(&scene, "web01").env("SAPI_CLIENT_ON_RENEW", "exit 3")).expect(127);
    scene.verifies("web01");
    run(&mut script(&scene, "web01")).expect(0);
    run(script(&scene, "nameless").env("SAPI_CLIENT_NAME", "DNS:a.example"))
        .expect(127)
        .says(&["lacks DNS:a.example"]);
    let other = Authority::new("other").write_certificate(scene.place.path(), "other");
    run(script(&scene, "web02").env("SAPI_CLIENT_CA_FILE", &other))
        .expect(127)
        .says(&["not from the trusted"]);
    run(script(&scene, "web02").env("SAPI_CLIENT_TLS_CA_FILE", &other))
        .expect(127)
        .says(&["certificate"]);
    assert!(!scene.dir("web02").join("cert.pem").exists());
    for (name, value) in [
        ("SAPI_CLIENT_CLIENT", ""),
        ("SAPI_CLIENT_CLIENT", "a/b"),
        ("SAPI_CLIENT_NAME", "DNS:a\n[req]"),
        ("SAPI_CLIENT_URL", "http://ca.example.com"),
        ("SAPI_CLIENT_BEFORE", "8h"),
        ("SAPI_CLIENT_CA_FILE", "/no/such/file"),
    ] {
        run(script(&scene, "web02").env(name, value)).expect(78);
    }
    let _ended = scene.shell.take().unwrap().end();
    run(script(&scene, "web02").env("SAPI_CLIENT_ONCE", "1"))
        .expect(75)
        .says(&["503"]);
}

#[test]
fn the_script_holds_a_lock_and_speaks_over_a_unix_socket() {
    let scene = Scene::new();
    let with = |client: &str| {
        let mut command = script(&scene, client);
        command.env(
            "SAPI_CLIENT_URL",
            format!("unix:{}", scene.place.socket().display()),
        );
        command.env_remove("SAPI_CLIENT_TLS_CA_FILE");
        command
    };
    run(&mut with("web01")).expect(0);
    scene.verifies("web01");
    let waiting = Running::start(&mut with("later"));
    crate::http::until("the first waits", || scene.asked("later") == 1);
    run(&mut with("later"))
        .expect(1)
        .says(&["another run is at work"]);
    run(scene.client("later").arg("--once")).expect(1);
    // With the command that it waits for.
    drop(waiting);
}
