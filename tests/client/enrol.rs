//! A first certificate.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use sapi_tests::program::program;
use sapi_tests::shell::Place;
use sapi_tests::tool::{openssl, run};

use super::{Scene, bare};

#[test]
fn one_command_and_all_is_there() {
    let scene = Scene::new();
    let mut command = scene.client("web01");
    command.args([
        "--name",
        "DNS:www.example.com",
        "--name",
        "IP:192.0.2.1,URI:spiffe://example.com/web",
    ]);
    run(&mut command)
        .expect(0)
        .says(&["a new certificate is in"]);
    scene.verifies("web01");
    let text = openssl(
        &scene.dir("web01"),
        &["x509", "-in", "cert.pem", "-noout", "-text"],
    );
    for part in [
        "Subject: CN = web01",
        "DNS:www.example.com, IP Address:192.0.2.1, URI:spiffe://example.com/web",
        "NIST CURVE: P-256",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        scene
            .read("web01", "key.pem")
            .starts_with("-----BEGIN PRIVATE KEY-----")
    );
    for (name, mode) in [
        ("key.pem", 0o600),
        ("cert.pem", 0o644),
        ("chain.pem", 0o644),
        ("fullchain.pem", 0o644),
    ] {
        let about = fs::metadata(scene.dir("web01").join(name)).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn a_certificate_that_is_there_is_left_alone() {
    let scene = Scene::new();
    run(&mut scene.client("web01")).expect(0);
    let before = (
        scene.read("web01", "key.pem"),
        scene.read("web01", "cert.pem"),
    );
    let again = run(&mut scene.client("web01")).expect(0);
    assert_eq!(again.stderr, "");
    assert_eq!(
        before,
        (
            scene.read("web01", "key.pem"),
            scene.read("web01", "cert.pem")
        )
    );
    assert_eq!(scene.asked("web01"), 1);
}

#[test]
fn other_names_need_another_certificate_for_the_same_key() {
    let scene = Scene::new();
    run(&mut scene.client("web01")).expect(0);
    let key = scene.read("web01", "key.pem");
    let mut more = scene.client("web01");
    more.args(["--name", "DNS:more.example.com"]);
    run(&mut more)
        .expect(0)
        .says(&["it lacks DNS:more.example.com"]);
    scene.verifies("web01");
    assert_eq!(key, scene.read("web01", "key.pem"));
}

#[test]
fn every_kind_of_key_and_a_subject() {
    let scene = Scene::new();
    for (number, (kind, shown)) in [
        ("rsa:2048", "Public-Key: (2048 bit)"),
        ("rsa:3072", "Public-Key: (3072 bit)"),
        ("ec:p384", "NIST CURVE: P-384"),
        ("ed25519", "ED25519 Public-Key"),
    ]
    .into_iter()
    .enumerate()
    {
        let client = format!("web{number}");
        let mut command = scene.client(&client);
        command.args(["--key", kind, "--field", "O=Example, Inc.;CN=other"]);
        run(&mut command).expect(0);
        scene.verifies(&client);
        let text = openssl(
            &scene.dir(&client),
            &["x509", "-in", "cert.pem", "-noout", "-text"],
        );
        assert!(text.contains(shown), "{text}");
        assert!(
            text.contains("Subject: O = \"Example, Inc.\", CN = other"),
            "{text}"
        );
    }
}

#[test]
fn one_combined_file_with_the_owner_and_mode_asked_for() {
    let scene = Scene::new();
    let mut command = scene.client("web01");
    command.args(["--combined", "--mode", "0640"]);
    // Only root can give files away; whoever else runs the tests names the owner they have.
    let root = rustix::process::geteuid().is_root();
    let (user, group) = match root {
        true => ("daemon".to_owned(), "daemon".to_owned()),
        false => (id(&["-un"]), id(&["-gn"])),
    };
    command.args(["--owner", &format!("{user}:{group}")]);
    run(&mut command).expect(0);
    let path = scene.dir("web01").join("combined.pem");
    let pem = fs::read_to_string(&path).unwrap();
    let order = ["PRIVATE KEY", "CERTIFICATE", "CERTIFICATE"]
        .map(|label| format!("-----BEGIN {label}-----"));
    let begins: Vec<_> = pem
        .lines()
        .filter(|line| line.starts_with("-----BEGIN"))
        .collect();
    assert_eq!(begins, order);
    assert!(!scene.dir("web01").join("key.pem").exists());
    let about = fs::metadata(&path).unwrap();
    assert_eq!(about.mode() & 0o777, 0o640);
    let number = |flag, name: &str| id(&[flag, name]).parse::<u32>().unwrap();
    assert_eq!(
        (about.uid(), about.gid()),
        (number("-u", &user), number("-g", &user))
    );
    // From one layout to the other, with the same certificate.
    run(&mut scene.client("web01")).expect(0);
    scene.verifies("web01");
    assert!(!path.exists());
    assert!(pem.contains(&scene.read("web01", "cert.pem")));
    assert_eq!(scene.asked("web01"), 1);
}

fn id(arguments: &[&str]) -> String {
    let id = run(program("id").args(arguments)).expect(0);
    id.stdout.trim().to_owned()
}

#[test]
fn over_a_unix_socket_and_over_loopback() {
    for settings in ["", "listen = \"127.0.0.1:0\""] {
        let place = Place::new(settings);
        let shell = place.start();
        let mut command = bare();
        command.args(["--client", "web01", "--url", &shell.listen, "--dir"]);
        command
            .arg(place.file("tls"))
            .arg("--ca-file")
            .arg(place.file("ca.cert.pem"));
        run(&mut command).expect(0);
        openssl(
            &place.file("tls"),
            &["verify", "-CAfile", "../ca.cert.pem", "cert.pem"],
        );
        let mut probe = bare();
        probe.args(["probe", "--client", "web01", "--url", &shell.listen]);
        run(&mut probe).expect(0);
    }
}

#[test]
fn the_user_agent_has_version_and_client() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut piece = [0; 4096];
        while !head.windows(4).any(|w| w == b"\r\n\r\n") {
            let length = stream.read(&mut piece).unwrap();
            head.extend_from_slice(&piece[..length]);
        }
        stream
            .write_all(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        String::from_utf8_lossy(&head).into_owned()
    });
    let mut command = bare();
    command.args(["probe", "--client", "abc123", "--url", &url]);
    run(&mut command).expect(75);
    let head = heard.join().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        head.contains(&format!(
            "\r\nUser-Agent: sapi-client/{version} (abc123)\r\n"
        )),
        "{head}"
    );
}
