//! Which servers and authorities the client trusts.

use std::fs;
use std::process::Command;

use sapi_tests::program::program;
use sapi_tests::tls::Authority;
use sapi_tests::tool::{openssl, run};

use super::{Scene, bare};

#[test]
fn the_authority_is_pinned_by_its_fingerprint() {
    let scene = Scene::new();
    let ca = scene.place.file("ca.cert.pem").display().to_string();
    let shown = openssl(
        scene.place.path(),
        &["x509", "-in", &ca, "-noout", "-fingerprint", "-sha256"],
    );
    let fingerprint = shown.trim().split_once('=').unwrap().1;
    run(scene
        .stranger("web01")
        .args(["--ca-fingerprint", fingerprint]))
    .expect(0);
    scene.verifies("web01");
    let other = fingerprint
        .to_lowercase()
        .replace(':', "")
        .replace('a', "b");
    run(scene.stranger("web02").args(["--ca-fingerprint", &other]))
        .expect(127)
        .says(&["no certificate in the answer has the pinned fingerprint"]);
    scene.has_nothing("web02");
    // While one CA takes over from another, a certificate of either is accepted.
    let both = format!("{other},{fingerprint}");
    run(scene.stranger("web02").args(["--ca-fingerprint", &both])).expect(0);
}

#[test]
fn a_certificate_of_another_authority_is_not_accepted() {
    let scene = Scene::new();
    for (number, name) in ["another authority", "throw-away authority of the shell"]
        .into_iter()
        .enumerate()
    {
        let client = format!("web{number}");
        let other =
            Authority::new(name).write_certificate(scene.place.path(), &format!("other{number}"));
        run(scene.stranger(&client).arg("--ca-file").arg(&other))
            .expect(127)
            .says(&["it is not from the trusted certificate authority"]);
        scene.has_nothing(&client);
    }
}

#[test]
fn what_is_there_stays_when_the_new_one_is_of_another_authority() {
    let scene = Scene::new();
    run(&mut scene.client("web01")).expect(0);
    let before = (
        scene.read("web01", "key.pem"),
        scene.read("web01", "fullchain.pem"),
    );
    let other = Authority::new("other").write_certificate(scene.place.path(), "other");
    run(scene
        .stranger("web01")
        .arg("renew")
        .arg("--ca-file")
        .arg(&other))
    .expect(127);
    assert_eq!(
        before,
        (
            scene.read("web01", "key.pem"),
            scene.read("web01", "fullchain.pem")
        )
    );
}

#[test]
fn a_tls_server_that_does_not_verify_is_not_sent_anything() {
    let scene = Scene::new();
    let other = Authority::new("other").write_certificate(scene.place.path(), "other");
    let ca = scene.place.file("ca.cert.pem");
    for mode in [&[][..], &["probe"], &["renew"], &["--wait"]] {
        let mut command = bare();
        command
            .args(["--client", "web01", "--url", &scene.nginx.url("")])
            .args(mode);
        command
            .arg("--ca-file")
            .arg(&ca)
            .arg("--dir")
            .arg(scene.dir("web01"));
        // The system's own roots do not know it either.
        run(&mut command)
            .expect(127)
            .says(&["the server's certificate does not verify"]);
        run(command.arg("--tls-ca-file").arg(&other)).expect(127);
        run(command.env("SSL_CERT_FILE", &other)).expect(127);
    }
    let by_name = scene.nginx.url("").replace("127.0.0.1", "localhost");
    run(scene.lost("web01").args(["probe", "--url", &by_name])).expect(0);
    // 127.0.0.2 is this machine too, but the server's certificate does not name it. A relay leads to nginx.
    let relay = relay(scene.nginx.port());
    run(scene
        .client("web01")
        .args(["probe", "--url", &format!("https://127.0.0.2:{relay}")]))
    .expect(127)
    .says(&["IP address mismatch"]);
    assert_eq!(
        scene
            .nginx
            .access_log()
            .matches("\"uri\":\"/api/csr/web01\"")
            .count(),
        1
    );
}

#[test]
fn the_systems_roots_are_used_unless_others_are_given() {
    let scene = Scene::new();
    let mut command = bare();
    command.args(["probe", "--client", "web01", "--url", &scene.nginx.url("")]);
    command.env("SSL_CERT_FILE", scene.nginx.authority());
    run(&mut command).expect(0);
}

#[test]
fn nothing_turns_verification_off() {
    let help = run(bare().arg("--help")).expect(0).stdout;
    for word in ["insecure", "no-verify", "skip", "trust-all"] {
        assert!(!help.contains(word), "{word}");
    }
    run(bare().args([
        "--client",
        "a",
        "--dir",
        "/nonexistent/x",
        "--url",
        "http://ca.example.com",
    ]))
    .expect(78)
    .says(&["plain http is for loopback addresses only"]);
}

#[test]
fn names_that_were_asked_for_must_be_granted() {
    let scene = Scene::new();
    run(scene.client("nameless").args(["--name", "DNS:a.example"]))
        .expect(127)
        .says(&["it lacks DNS:a.example, which was asked for"]);
    scene.has_nothing("nameless");
    run(&mut scene.client("nameless")).expect(0);
}

#[test]
fn a_wrong_clock_is_told_and_nothing_is_lost() {
    let scene = Scene::new();
    run(&mut scene.client("web01")).expect(0);
    let before = (
        scene.read("web01", "key.pem"),
        scene.read("web01", "fullchain.pem"),
    );
    // Within the five minutes by which certificates are backdated, nobody notices.
    run(&mut at("-60s", scene.client("web02").arg("--once"))).expect(0);
    // On the unix socket, as over TLS the server's certificate would be outside its dates first.
    for (offset, says) in [("-3600s", "set the clock"), ("+2d", "it ended at")] {
        let mut command = scene.client("web01");
        command.args([
            "renew",
            "--once",
            "--url",
            &format!("unix:{}", scene.place.socket().display()),
        ]);
        run(&mut at(offset, &command)).expect(75).says(&[says]);
        assert_eq!(
            before,
            (
                scene.read("web01", "key.pem"),
                scene.read("web01", "fullchain.pem")
            )
        );
    }
    // While the clock is behind, another certificate would not help: the client does not ask for one.
    assert_eq!(scene.asked("web01"), 2);
    // A machine whose clock begins in 1970.
    run(&mut at("-20000d", scene.client("web03").arg("--once")))
        .expect(127)
        .says(&["not yet valid"]);
    scene.has_nothing("web03");
}

/// The same command, seeing another time.
fn at(offset: &str, command: &Command) -> Command {
    let mut faked = program("faketime");
    faked
        .args(["-f", offset])
        .arg(command.get_program())
        .args(command.get_args());
    faked
}

/// A port on 127.0.0.2 that leads to one on 127.0.0.1.
fn relay(to: u16) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.2:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for there in listener.incoming().flatten() {
            let here = std::net::TcpStream::connect(("127.0.0.1", to)).unwrap();
            let (mut a, mut b) = (there.try_clone().unwrap(), here.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut a, &mut b));
            let (mut a, mut b) = (here, there);
            std::thread::spawn(move || std::io::copy(&mut a, &mut b));
        }
    });
    port
}

#[test]
fn the_certificate_of_the_authority_may_hold_several() {
    let scene = Scene::new();
    let other = Authority::new("other").write_certificate(scene.place.path(), "other");
    let both = scene.place.file("both.pem");
    let texts = [
        fs::read_to_string(other).unwrap(),
        fs::read_to_string(scene.place.file("ca.cert.pem")).unwrap(),
    ];
    fs::write(&both, texts.concat()).unwrap();
    run(scene.stranger("web01").arg("--ca-file").arg(&both)).expect(0);
}
