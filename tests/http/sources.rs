//! Where settings come from, and what `config` prints of them.

use std::fs;

use sapi_tests::tool::{Outcome, run};

use super::prepared;
use super::settings::config;

#[test]
fn each_source_goes_before_the_one_below() {
    let place = prepared("http.max_body = 1000");
    let file = place.file("sapi.toml").display().to_string();
    let none = config(&place, &[], &[]).expect(0);
    assert_eq!(
        line(&none, "http.max_body"),
        format!("http.max_body = 1000 # {file}")
    );
    assert_eq!(
        line(&none, "http.keep_alive"),
        "http.keep_alive = \"75s\" # default"
    );

    let environment = [
        ("SAPI_HTTP__MAX_BODY", "2000"),
        ("SAPI_LISTEN", "127.0.0.1:81"),
        ("SAPI_CA_PATH", "/a"),
    ];
    let over = config(&place, &environment, &[]).expect(0);
    assert_eq!(
        line(&over, "http.max_body"),
        "http.max_body = \"2000\" # environment"
    );
    assert_eq!(
        line(&over, "listen"),
        "listen = \"127.0.0.1:81\" # environment"
    );
    assert_eq!(line(&over, "ca_path"), "ca_path = \"/a\" # environment");

    let flags = ["--listen", "127.0.0.1:82", "--ca-path", "/b"];
    let over = config(&place, &environment, &flags).expect(0);
    assert_eq!(
        line(&over, "listen"),
        "listen = \"127.0.0.1:82\" # command line"
    );
    assert_eq!(line(&over, "ca_path"), "ca_path = \"/b\" # command line");
}

#[test]
fn lists_in_the_environment_have_commas() {
    let place = prepared("requests.key_kinds = [\"rsa\"]");
    let scene_environment = [
        ("SAPI_REQUESTS__KEY_KINDS", "ec:p256, ed25519"),
        ("SAPI_PROXY__TRUSTED_UIDS", "33,1000"),
        ("SAPI_PROXY__TRUSTED_NETWORKS", ""),
    ];
    config(&place, &scene_environment, &[]).expect(0);
    config(&place, &[("SAPI_PROXY__TRUSTED_UIDS", "33,x")], &[])
        .expect(78)
        .says(&["proxy.trusted_uids", "\"x\"", "environment"]);
}

#[test]
fn what_config_prints_is_a_settings_file() {
    let place = prepared(
        "certificate.crl_urls = [\"http://a.example/x.crl\"]\n\
         hooks.mine.text = \"a # \\\"b\\\"\"\nhooks.mine.number = 1.0\nhooks.mine.list = [{a = 1}, {b = true}]\n\
         hooks.mine.\"odd key\" = 1\nhooks.mine.empty = {}\nhooks.test.journal = \"/x\"",
    );
    let first = config(
        &place,
        &[("SAPI_LOG__FILTER", "debug")],
        &["--listen", "127.0.0.1:82"],
    )
    .expect(0);
    fs::write(place.file("sapi.toml"), &first.stdout).unwrap();
    let second = config(&place, &[], &[]).expect(0);
    let values = |text: &str| -> toml::Table { text.parse().unwrap() };
    assert_eq!(values(&first.stdout), values(&second.stdout));
    let hooks = &values(&first.stdout)["hooks"]["mine"];
    assert_eq!(hooks["number"].as_float(), Some(1.0));
    assert_eq!(hooks["list"][1]["b"].as_bool(), Some(true));
    assert_eq!(hooks["odd key"].as_integer(), Some(1));
}

#[test]
fn secrets_are_not_printed() {
    let place = prepared("hooks.mine.db_password = \"SECRET-1\"\nhooks.mine.token = \"SECRET-2\"");
    let environment = [
        ("SAPI_PASSPHRASE_FILE", "/no/such"),
        ("SAPI_HOOKS__MINE__API_SECRET", "SECRET-3"),
    ];
    let outcome = config(&place, &environment, &[]).expect(0);
    assert!(
        outcome.stdout.contains("hooks.mine.token = "),
        "{}",
        outcome.stdout
    );
    for secret in ["SECRET-", "hush", "passphrase_file"] {
        assert!(!outcome.stdout.contains(secret), "{}", outcome.stdout);
    }
}

#[test]
fn variables_that_are_no_settings_are_none() {
    let place = prepared("");
    let environment = [
        ("SAPI_LOG", "warn"),
        ("SAPI_PASSPHRASE_FILE", "/no/such/file"),
        ("SAPI_PASSPHRASE_HANDOVER", "x"),
        ("SAPIENS", "1"),
    ];
    let outcome = config(&place, &environment, &[]).expect(0);
    assert_eq!(
        line(&outcome, "log.filter"),
        "log.filter = \"info\" # default"
    );
    // A value that is not text is an error: it must not be ignored quietly.
    let mut command = place.command("test-shell", "config");
    use std::os::unix::ffi::OsStrExt;
    command.env("SAPI_CA_PATH", std::ffi::OsStr::from_bytes(b"/var/\xff"));
    run(&mut command)
        .expect(78)
        .says(&["SAPI_CA_PATH", "UTF-8"]);
}

/// The line of a key.
#[track_caller]
fn line(outcome: &Outcome, key: &str) -> String {
    let lines = outcome.stdout.lines();
    let found = lines.filter(|line| line.starts_with(&format!("{key} = ")));
    let found: Vec<_> = found.collect();
    assert_eq!(found.len(), 1, "{key}: {}", outcome.stdout);
    found[0].to_owned()
}

#[test]
fn the_shipped_files_are_settings() {
    for name in ["sapi.toml", "sapi.dev.toml"] {
        let place = prepared("");
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/");
        fs::copy(format!("{shipped}{name}"), place.file("sapi.toml")).unwrap();
        let outcome = config(&place, &[], &[]).expect(0);
        assert!(line(&outcome, "log.format").contains("sapi.toml"), "{name}");
    }
}
