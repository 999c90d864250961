//! Mistakes in settings.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sapi_tests::shell::Place;
use sapi_tests::tool::{Outcome, run};
use sapi_tests::users::bound_by_modes;

use super::prepared;

/// `config` on these lines.
pub(super) fn config(place: &Place, environment: &[(&str, &str)], flags: &[&str]) -> Outcome {
    let mut command = place.command("test-shell", "config");
    run(command.args(flags).envs(environment.iter().copied()))
}

#[test]
fn an_unknown_key_stops_the_start_and_names_the_nearest() {
    for (text, parts) in [
        (
            "lsiten = \"127.0.0.1:1\"",
            &["lsiten", "did you mean listen?", "sapi.toml"][..],
        ),
        (
            "http.max_bodi = 1",
            &["http.max_bodi", "did you mean http.max_body?"],
        ),
        (
            "htp.max_body = 1",
            &["htp.max_body", "did you mean http.max_body?"],
        ),
        (
            "hooks.timout = \"1s\"",
            &["hooks.timout", "did you mean hooks.timeout?"],
        ),
        ("http.Max_Body = 1", &["http.Max_Body"]),
        ("zebra.crossing = 1", &["zebra.crossing"]),
        ("zebra = {}", &["zebra"]),
        ("listen.port = 1", &["listen"]),
        (
            "ca_path = \"/x\"\nca_path = \"/y\"",
            &["sapi.toml", "ca_path"],
        ),
        ("http = 3", &["http"]),
        ("ca_path", &["sapi.toml"]),
    ] {
        let place = prepared("");
        fs::write(place.file("sapi.toml"), text).unwrap();
        for subcommand in ["serve", "config"] {
            run(&mut place.command("test-shell", subcommand))
                .expect(78)
                .says(parts);
        }
    }
    let place = prepared("");
    config(&place, &[("SAPI_HTTP__MAX_BODYS", "1")], &[])
        .expect(78)
        .says(&[
            "http.max_bodys",
            "environment",
            "did you mean http.max_body?",
        ]);
}

#[test]
fn every_key_can_be_wrong_and_says_so() {
    for (key, values) in [
        ("ca_path", &["\"\""][..]),
        (
            "listen",
            &[
                "8080",
                "\"8080\"",
                "\"unix:sapi.sock\"",
                "\"localhost:80\"",
                "\"\"",
            ],
        ),
        (
            "socket.mode",
            &["\"rw\"", "\"0888\"", "\"1777\"", "660", "0o660"],
        ),
        ("http.workers", &["0", "-1", "\"x\"", "2000000"]),
        ("http.max_body", &["0", "-1", "\"64k\"", "[]"]),
        (
            "http.header_timeout",
            &[
                "5",
                "\"5\"",
                "\"0s\"",
                "\"-1s\"",
                "\"soon\"",
                "\"90000000y\"",
            ],
        ),
        ("http.body_timeout", &["\"\"", "\"0ms\"", "\"5 s\""]),
        ("http.keep_alive", &["true", "\"1x\""]),
        ("http.max_in_flight", &["0", "\"many\""]),
        ("http.max_connections", &["0"]),
        ("http.shutdown_timeout", &["\"3\""]),
        ("signing.threads", &["0", "2000000"]),
        ("signing.queue", &["0"]),
        (
            "requests.rsa_min_bits",
            &["1024", "2049", "-1", "9000", "\"x\""],
        ),
        ("requests.rsa_max_bits", &["1024", "8193", "99999999"]),
        ("requests.key_kinds", &["[\"dsa\"]", "\"rsa4\"", "[]", "5"]),
        ("requests.blocked_keys", &["[\"00\"]", "[\"zz\"]"]),
        ("requests.max_names", &["0"]),
        ("certificate.backdate", &["\"5\"", "\"-5m\""]),
        (
            "certificate.max_validity",
            &["\"0d\"", "\"long\"", "\"-1d\""],
        ),
        ("certificate.crl_urls", &["[\"not a url\"]", "[\"\"]"]),
        ("certificate.ocsp_urls", &["[\"no scheme\"]"]),
        ("certificate.ca_issuer_urls", &["[\"\\u00e9\"]"]),
        ("hooks.timeout", &["\"10\"", "10", "\"0s\""]),
        (
            "proxy.trusted_uids",
            &["[\"www-data\"]", "[-1]", "[4294967296]"],
        ),
        (
            "proxy.trusted_networks",
            &["[\"10.0.0.0/33\"]", "[\"unix\"]"],
        ),
        ("proxy.client_ca_file", &["\"\""]),
        ("log.format", &["\"xml\"", "\"\""]),
        ("log.filter", &["\"sapi=loud\"", "\"[\""]),
    ] {
        for value in values {
            let place = prepared(&format!("{key} = {value}"));
            let outcome = config(&place, &[], &[]);
            assert_eq!(
                outcome.code,
                Some(78),
                "{key} = {value}: {}",
                outcome.stderr
            );
            let said = outcome.says(&[key, "sapi.toml"]);
            assert_eq!(
                said.stderr.lines().count(),
                1,
                "a sentence: {}",
                said.stderr
            );
        }
    }
}

#[test]
fn a_client_authority_that_is_none_stops_the_start() {
    for (file, content) in [
        ("missing.pem", None),
        ("empty.pem", Some("")),
        ("text.pem", Some("hello")),
    ] {
        let place = prepared("");
        let path = place.file(file);
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        place.settings(&format!("proxy.client_ca_file = {path:?}"));
        let outcome = run(&mut place.command("test-shell", "serve")).expect(78);
        let said = outcome.says(&["proxy.client_ca_file", file]);
        assert!(!said.stderr.contains("sapi serves"), "{}", said.stderr);
        assert!(!place.socket().exists());
    }
}

#[test]
fn a_settings_file_that_cannot_be_read_is_an_error() {
    let place = prepared("");
    let file = place.file("sapi.toml");
    fs::remove_file(&file).unwrap();
    config(&place, &[], &[])
        .expect(78)
        .says(&["sapi.toml", "No such file"]);
    fs::create_dir(&file).unwrap();
    config(&place, &[], &[]).expect(78).says(&["sapi.toml"]);
    fs::remove_dir(&file).unwrap();
    fs::write(&file, [0xff, 0xfe]).unwrap();
    config(&place, &[], &[]).expect(78).says(&["sapi.toml"]);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    run(&mut bound_by_modes(&place.command("test-shell", "config")))
        .expect(78)
        .says(&["sapi.toml", "denied"]);
}

#[test]
fn sapi_log_goes_before_the_setting() {
    let place = prepared("log.filter = \"error\"");
    let mut command = place.command("test-shell", "serve");
    let shell = sapi_tests::shell::Shell::start(command.env("SAPI_LOG", "info"));
    assert!(shell.log().contains("sapi serves"));
    drop(shell);
    let mut command = place.command("test-shell", "serve");
    run(command.env("SAPI_LOG", "sapi=loud"))
        .expect(78)
        .says(&["SAPI_LOG", "loud"]);
}

#[test]
fn tables_of_hooks_reach_their_hooks() {
    let place = prepared("hooks.test.fault = \"no database today\"");
    run(&mut place.command("test-shell", "serve"))
        .expect(78)
        .says(&["obedient", "no database today"]);
    let place = prepared("hooks.test.jurnal = \"x\"");
    run(&mut place.command("test-shell", "serve"))
        .expect(78)
        .says(&["hooks.test", "jurnal"]);
}
