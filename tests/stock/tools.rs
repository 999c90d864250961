//! The behaviour that all the tools share.

use std::thread;
use std::time::Duration;

use sapi_tests::running::Running;
use sapi_tests::terminal::Session;

use super::*;

#[test]
fn version_help_completions_and_man_page() {
    for name in ["ca_approve", "ca_journal"] {
        let output =
            |argument: &[&str]| run(detached(&binary(name)).args(argument)).expect(0).stdout;
        assert!(output(&["--version"]).contains("OpenSSL "));
        assert!(output(&["--help"]).contains("Example:"));
        for shell in ["bash", "zsh", "fish"] {
            assert!(output(&["--generate-completion", shell]).contains("list"));
        }
        let page = output(&["--generate-man"]);
        assert!(page.contains(".TH") && page.contains("Example:"), "{page}");
        run(&mut detached(&binary(name)))
            .expect(64)
            .says(&["say what to do"]);
        run(detached(&binary(name)).arg("dance")).expect(64);
    }
}

#[test]
fn what_is_missing_is_named() {
    let place = place(&[]);
    tool(&place, "ca_approve", "list", &[])
        .expect(78)
        .says(&["no [hooks.approvals]"]);
    tool(&place, "ca_journal", "list", &[])
        .expect(78)
        .says(&["no [hooks.journal]"]);
    for name in ["ca_approve", "ca_journal"] {
        tool(&place, name, "list", &["--folder", "/nonexistent"])
            .expect(78)
            .says(&["/nonexistent/"]);
    }
}

#[test]
fn a_name_that_was_not_asked_for_is_pointed_out() {
    let place = place(&[APPROVALS]);
    let shell = serve(&place);
    let csr = request(place.path(), "web01", "/CN=web01", "");
    assert_eq!(put(&shell, "web01", &csr, &[]).status, 202);
    let approve = ["web01", "--name", "DNS:other.example.com"];
    tool(&place, "ca_approve", "approve", &approve)
        .expect(0)
        .says(&["DNS:other.example.com was not requested"]);
}

#[test]
fn which_request_is_meant_must_be_clear() {
    let place = place(&[APPROVALS]);
    let shell = serve(&place);
    let approve = |which: &str| tool(&place, "ca_approve", "approve", &[which]);
    for stem in ["one", "two"] {
        let csr = request(place.path(), stem, &format!("/CN={stem}"), "");
        assert_eq!(put(&shell, "web01", &csr, &[]).status, 202);
    }
    approve("web01")
        .expect(1)
        .says(&["has several requests: say which: web01-"]);
    approve("web02")
        .expect(1)
        .says(&["there is no request of web02"]);
    let rows = json(tool(&place, "ca_approve", "list", &["--json"]));
    approve(rows[0]["id"].as_str().unwrap()).expect(0);
    // Now only one is pending.
    approve("web01").expect(0);
    for bad in [
        &["web01", "--name", "www.example.com"][..],
        &["web01", "--validity", "soon"],
        &["web01", "-f", "C", "Sweden"],
        &["web01", "--no-names", "--name", "DNS:a.example"],
    ] {
        tool(&place, "ca_approve", "approve", bad).expect(64);
    }
    tool(&place, "ca_approve", "reject", &["web01"]).expect(64);
}

#[test]
fn a_file_that_is_broken_is_named() {
    let place = place(&[APPROVALS]);
    drop(serve(&place));
    std::fs::write(place.file("approvals/pending/web01-00.json"), "{}").unwrap();
    tool(&place, "ca_approve", "list", &[])
        .expect(65)
        .says(&["pending/web01-00.json: missing field"]);
}

#[test]
fn watch_shows_what_comes() {
    let place = place(&[APPROVALS]);
    let shell = serve(&place);
    tool(&place, "ca_approve", "watch", &[])
        .expect(64)
        .says(&["needs a terminal"]);
    let settings = place.file("sapi.toml");
    let arguments = ["watch", "--config", settings.to_str().unwrap()];
    let session = Session::start(&binary("ca_approve"), arguments);
    session.sees("Nothing waits for a decision.");
    let csr = request(place.path(), "web01", "/CN=web01", "");
    assert_eq!(put(&shell, "web01", &csr, &[]).status, 202);
    session.sees("CN=web01");
    drop(session);

    let log = std::fs::File::create(place.file("watched")).unwrap();
    let mut command = std::process::Command::new(binary("ca_approve"));
    command.args(arguments).arg("--json").stdout(log);
    let watch = Running::start(&mut command);
    let lines = || {
        std::fs::read_to_string(place.file("watched"))
            .unwrap()
            .lines()
            .count()
    };
    let until = |count| {
        for _ in 0..6000 {
            if lines() >= count {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("only {} lines", lines());
    };
    until(1);
    tool(&place, "ca_approve", "approve", &["web01"]).expect(0);
    until(2);
    drop(watch);
    let text = std::fs::read_to_string(place.file("watched")).unwrap();
    assert!(
        text.lines()
            .nth(1)
            .unwrap()
            .contains("\"state\":\"approved\""),
        "{text}"
    );
}
