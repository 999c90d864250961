//! Renewal in time.

use std::fs;

use sapi_tests::program::program;
use sapi_tests::tls::Authority;
use sapi_tests::tool::run;

use super::{Scene, bare};

#[test]
fn only_when_less_than_a_third_or_less_than_before_is_left() {
    let scene = Scene::new();
    run(&mut scene.client("web01")).expect(0);
    let first = scene.read("web01", "cert.pem");
    run(scene.client("web01").arg("renew")).expect(0);
    run(scene.client("web01").args(["renew", "--before", "23h"])).expect(0);
    // The certificate is valid for a day and five minutes.
    for (offset, renewed) in [("+15h", false), ("+17h", true)] {
        let client = scene.client("web01");
        let mut later = program("faketime");
        later
            .args(["-f", offset])
            .arg(client.get_program())
            .args(client.get_args())
            .arg("renew");
        run(&mut later).expect(0);
        assert_eq!(
            scene.read("web01", "cert.pem") != first,
            renewed,
            "{offset}"
        );
    }
    let second = scene.read("web01", "cert.pem");
    run(scene.client("web01").args(["renew", "--before", "2d"])).expect(0);
    assert_ne!(second, scene.read("web01", "cert.pem"));
    scene.verifies("web01");
    assert_eq!(scene.asked("web01"), 3);
}

#[test]
fn with_the_same_key_or_a_new_one() {
    let scene = Scene::new();
    run(&mut scene.client("web01")).expect(0);
    let first = scene.read("web01", "key.pem");
    run(scene.client("web01").args(["renew", "--before", "2d"])).expect(0);
    assert_eq!(first, scene.read("web01", "key.pem"));
    for kind in ["ec:p256", "ed25519"] {
        let before = scene.read("web01", "key.pem");
        run(scene
            .client("web01")
            .args(["renew", "--before", "2d", "--new-key", "--key", kind]))
        .expect(0);
        assert_ne!(before, scene.read("web01", "key.pem"));
        scene.verifies("web01");
    }
}

#[test]
fn the_old_certificate_is_shown_over_tls() {
    let scene = Scene::new();
    run(&mut scene.client("holder")).expect(0);
    for more in [&[][..], &["--new-key"]] {
        run(scene
            .client("holder")
            .args(["renew", "--before", "2d"])
            .args(more))
        .expect(0);
        scene.verifies("holder");
    }
    // On the unix socket the client cannot show its certificate, so the policy sees a stranger.
    let mut bypass = scene.lost("holder");
    bypass.args([
        "renew",
        "--before",
        "2d",
        "--url",
        &format!("unix:{}", scene.place.socket().display()),
    ]);
    bypass.arg("--ca-file").arg(scene.place.file("ca.cert.pem"));
    run(&mut bypass)
        .expect(77)
        .says(&["where is its certificate?"]);
    scene.verifies("holder");
}

#[test]
fn an_old_certificate_that_has_ended_is_not_shown() {
    let scene = Scene::new();
    run(&mut scene.client("short1")).expect(0);
    let first = scene.read("short1", "cert.pem");
    crate::http::until("it has ended", || {
        let end = program("openssl")
            .args(["x509", "-noout", "-checkend", "0", "-in"])
            .arg(scene.dir("short1").join("cert.pem"))
            .output();
        !end.unwrap().status.success()
    });
    run(scene.client("short1").arg("renew"))
        .expect(0)
        .says(&["it ended at"]);
    assert_ne!(first, scene.read("short1", "cert.pem"));
    assert!(
        !scene.nginx.access_log().contains("FAILED"),
        "{}",
        scene.nginx.access_log()
    );
}

#[test]
fn an_old_certificate_that_the_server_does_not_know_is_left_out() {
    let scene = Scene::new();
    // A predecessor of the CA issued it; the client still trusts that CA and nginx does not.
    let predecessor = Authority::new("predecessor");
    let pair = predecessor.client(scene.place.path(), "device1");
    fs::create_dir_all(scene.dir("web01")).unwrap();
    fs::copy(&pair.key, scene.dir("web01").join("key.pem")).unwrap();
    fs::copy(&pair.certificate, scene.dir("web01").join("cert.pem")).unwrap();
    let old = predecessor.write_certificate(scene.place.path(), "old");
    let both = scene.place.file("both.pem");
    let texts =
        [old, scene.place.file("ca.cert.pem")].map(|file| fs::read_to_string(file).unwrap());
    fs::write(&both, texts.concat()).unwrap();
    run(scene
        .stranger("web01")
        .args(["renew", "--before", "99d", "--ca-file"])
        .arg(&both))
    .expect(0);
    scene.verifies("web01");
    assert_eq!(
        fs::read_to_string(&pair.key).unwrap(),
        scene.read("web01", "key.pem")
    );
    let log = scene.nginx.access_log();
    assert!(log.contains("FAILED") && log.contains("NONE"), "{log}");
}

#[test]
fn where_there_is_none_a_first_one_is_got() {
    let scene = Scene::new();
    run(scene.client("web01").args(["renew", "--once"])).expect(0);
    scene.verifies("web01");
}

#[test]
fn a_renewal_that_is_not_decided_yet_leaves_the_old_files() {
    let scene = Scene::new();
    run(&mut scene.client("approve0")).expect(0);
    let before = (
        scene.read("approve0", "key.pem"),
        scene.read("approve0", "cert.pem"),
    );
    let ca = scene.place.file("ca.cert.pem");
    let waits = |client: &str| {
        let mut command = bare();
        command.args([
            "renew",
            "--once",
            "--new-key",
            "--before",
            "2d",
            "--client",
            client,
        ]);
        command
            .args([
                "--url",
                &scene.nginx.url(""),
                "--field",
                "CN=approve0",
                "--ca-file",
            ])
            .arg(&ca);
        command.arg("--tls-ca-file").arg(scene.nginx.authority());
        command.arg("--dir").arg(scene.dir("approve0"));
        command
    };
    run(&mut waits("approve1")).expect(69);
    assert_eq!(
        before,
        (
            scene.read("approve0", "key.pem"),
            scene.read("approve0", "cert.pem")
        )
    );
    // In between, the old certificate is still valid, and the request is kept.
    run(&mut scene.client("approve0")).expect(0);
    run(&mut waits("approve1")).expect(0);
    assert_ne!(before.0, scene.read("approve0", "key.pem"));
    scene.verifies("approve0");
}
