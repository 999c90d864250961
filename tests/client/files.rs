//! The files on the disk, whoever wrote them.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use sapi_tests::running::Running;
use sapi_tests::tool::{finish, openssl, run};

use super::Scene;
use crate::http::until;

#[test]
fn one_run_at_a_time_and_a_stale_lock_does_no_harm() {
    let scene = Scene::new();
    let mut first = Running::start(scene.client("later").stderr(Stdio::piped()));
    until("the first run waits", || scene.asked("later") == 1);
    run(scene.client("later").arg("--once"))
        .expect(1)
        .says(&["another run is at work in it"]);
    // Killed, it leaves its lock file behind.
    first.end();
    let _killed = finish(first);
    assert!(scene.dir("later").join(".lock").exists());
    run(scene.client("later").arg("--once")).expect(69);
}

#[test]
fn half_written_files_of_a_run_that_was_killed_are_cleared_away() {
    let scene = Scene::new();
    run(&mut scene.client("web01")).expect(0);
    let dir = scene.dir("web01");
    fs::create_dir(dir.join(".set-7.new")).unwrap();
    fs::write(dir.join(".set-7.new/key.pem"), "-----BEGIN PRIV").unwrap();
    fs::write(dir.join(".pending.pem.new"), "-----BEGIN PRIV").unwrap();
    fs::write(dir.join(".pending.pem"), "-----BEGIN PRIV").unwrap();
    symlink(".set-7", dir.join(".current.new")).unwrap();
    symlink("nowhere", dir.join(".cert.pem.new")).unwrap();
    fs::write(dir.join(".mine.new"), "not ours").unwrap();
    run(scene.client("web01").args(["renew", "--before", "2d"])).expect(0);
    scene.verifies("web01");
    for gone in [
        ".set-7.new",
        ".pending.pem.new",
        ".pending.pem",
        ".current.new",
        ".cert.pem.new",
    ] {
        assert!(fs::symlink_metadata(dir.join(gone)).is_err(), "{gone}");
    }
    assert!(dir.join(".mine.new").exists());
}

#[test]
fn a_certificate_that_is_cut_off_is_replaced_and_the_key_stays() {
    let scene = Scene::new();
    for (number, cut) in ["", "-----BEGIN CERTIFICATE-----\nMII", "garbage"]
        .into_iter()
        .enumerate()
    {
        let client = format!("web{number}");
        run(&mut scene.client(&client)).expect(0);
        let key = scene.read(&client, "key.pem");
        fs::write(scene.dir(&client).join("fullchain.pem"), cut).unwrap();
        run(&mut scene.client(&client)).expect(0);
        scene.verifies(&client);
        assert_eq!(key, scene.read(&client, "key.pem"));
    }
}

#[test]
fn a_key_that_is_broken_or_encrypted_is_named_and_not_replaced() {
    let scene = Scene::new();
    let dir = scene.dir("web01");
    fs::create_dir_all(&dir).unwrap();
    openssl(
        &dir,
        &[
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-aes256",
            "-pass",
            "pass:x",
            "-out",
            "locked",
        ],
    );
    let locked = scene.read("web01", "locked");
    let weak = openssl(&dir, &["genrsa", "1024"]);
    for (content, says) in [
        ("-----BEGIN PRIVATE KEY-----\nMIG", "cut short"),
        ("", "there is no private key"),
        (&locked, "encrypted"),
        (&weak, "1024"),
    ] {
        fs::write(dir.join("key.pem"), content).unwrap();
        run(&mut scene.client("web01"))
            .expect(78)
            .says(&["key.pem: ", says]);
        assert_eq!(content, scene.read("web01", "key.pem"));
    }
}

#[test]
fn keys_and_certificates_made_elsewhere_are_adopted_and_not_lost() {
    let scene = Scene::new();
    for (client, make) in [
        (
            "web01",
            &[
                "ecparam",
                "-name",
                "secp384r1",
                "-genkey",
                "-out",
                "key.pem",
            ][..],
        ),
        (
            "web02",
            &["genrsa", "-traditional", "-out", "key.pem", "2048"],
        ),
        (
            "web03",
            &["genpkey", "-algorithm", "ED25519", "-out", "key.pem"],
        ),
    ] {
        let dir = scene.dir(client);
        fs::create_dir_all(&dir).unwrap();
        openssl(&dir, make);
        let public = openssl(&dir, &["pkey", "-in", "key.pem", "-pubout"]);
        run(&mut scene.client(client)).expect(0);
        scene.verifies(client);
        assert_eq!(
            public,
            openssl(&dir, &["pkey", "-in", "key.pem", "-pubout"])
        );
    }
    // Somebody has replaced our key by hand.
    let dir = scene.dir("web01");
    openssl(&dir, &["genpkey", "-algorithm", "ED25519", "-out", "other"]);
    let other = scene.read("web01", "other");
    fs::rename(dir.join("other"), dir.join("key.pem")).unwrap();
    run(scene
        .client("web01")
        .args(["--new-key", "--name", "DNS:a.example"]))
    .expect(0);
    scene.verifies("web01");
    // The previous set has it.
    let kept = fs::read_dir(&dir).unwrap().flatten().any(|entry| {
        fs::read_to_string(entry.path().join("key.pem")).is_ok_and(|key| key == other)
    });
    assert!(kept, "the key that was there is lost");
}

#[test]
fn where_nothing_can_be_written_nothing_is_sent() {
    let scene = Scene::new();
    let file = scene.place.file("file");
    fs::write(&file, "").unwrap();
    for dir in [file.join("tls"), "/proc/self/tls".into()] {
        let mut command = super::bare();
        command
            .args(["--client", "web01", "--url", &scene.nginx.url(""), "--dir"])
            .arg(&dir);
        command
            .arg("--ca-file")
            .arg(scene.place.file("ca.cert.pem"));
        command.arg("--tls-ca-file").arg(scene.nginx.authority());
        run(&mut command).expect(127).says(&["tls: "]);
    }
    assert_eq!(scene.asked("web01"), 0);
}
