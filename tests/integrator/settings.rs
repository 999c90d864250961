//! Settings of hooks, and `demo` with them.

use std::fs;

use sapi_tests::shell::Place;
use sapi_tests::tool::{Outcome, run};

fn with(shell: &str, subcommand: &str, settings: &str, arguments: &[&str]) -> Outcome {
    let place = Place::new(settings);
    let list = "[clients.web01]\nvalidity = \"1d\"\nnames = [\"DNS:web01.example.com\"]";
    fs::write(place.file("members.toml"), list).unwrap();
    let mut command = place.command(shell, subcommand);
    run(command.current_dir(place.path()).args(arguments))
}

#[test]
fn a_table_that_no_hook_reads_stops_the_start() {
    for (subcommand, arguments) in [("serve", &[][..]), ("demo", &["--once"])] {
        let tables = "hooks.tset.journal = \"/tmp/x\"\nhooks.test.fault = \"never asked\"";
        let outcome = with("test-shell", subcommand, tables, arguments);
        outcome.expect(78).says(&[
            "hooks.tset",
            "no hook of this program reads",
            "[hooks.test]",
            "sapi.toml",
        ]);
    }
    let empty = with("test-shell", "serve", "hooks.nothing = {}", &[]);
    empty.expect(78).says(&["hooks.nothing"]);
}

#[test]
fn a_value_that_does_not_fit_is_named_with_its_key_and_file() {
    for (settings, parts) in [
        (
            "hooks.approvals = { folder = \"x\", validity = \"1day\" }",
            &["[hooks.approvals] validity: \"1day\" is not a validity"][..],
        ),
        (
            "hooks.auto_approve.rules.web = { client = \"*\", validity = \"1year\" }",
            &["[hooks.auto_approve] rules.web.validity: \"1year\""],
        ),
        (
            "hooks.approvals = { foldre = \"x\", validity = \"1d\" }",
            &[
                "[hooks.approvals]",
                "unknown field `foldre`, expected one of `folder`",
            ],
        ),
        (
            "hooks.approvals = { validity = \"1d\" }",
            &["[hooks.approvals]: missing configuration field \"folder\""],
        ),
        (
            "hooks.aprovals = { folder = \"x\", validity = \"1d\" }",
            &[
                "nobody would get a certificate",
                "[hooks.aprovals]",
                "did you mean [hooks.approvals]?",
            ],
        ),
    ] {
        let outcome = with("sapi-hooks-example", "demo", settings, &["--once"]).expect(78);
        outcome.says(&["sapi.toml"]).says(parts);
    }
}

#[test]
fn what_keeps_it_from_starting_is_told_once() {
    let outcome = with("test-shell", "serve", "ca_path = \"/no/such/ca\"", &[]).expect(78);
    assert_eq!(
        outcome.stderr.matches("/no/such/ca").count(),
        1,
        "{}",
        outcome.stderr
    );
}

const EXAMPLE: &str = "hooks.members.file = \"members.toml\"\nhooks.journal.folder = \"journal\"";

#[test]
fn the_demo_enrols_whom_it_is_told_and_says_why_not() {
    let outcome = with(
        "sapi-hooks-example",
        "demo",
        EXAMPLE,
        &["--once", "--client", "web01"],
    );
    let said = outcome.expect(0).stdout;
    assert!(
        said.contains("DNS:web01.example.com") && said.contains("Subject: CN"),
        "{said}"
    );

    let outcome = with("sapi-hooks-example", "demo", EXAMPLE, &["--once"]);
    outcome
        .expect(77)
        .says(&["unknown client", "\"client\":\"demo01\"", "sapi::audit"]);
    with("sapi-hooks-example", "demo", EXAMPLE, &["--client", "a-b"])
        .expect(2)
        .says(&["letters and digits"]);
}

#[test]
fn config_tells_what_has_no_value() {
    let said = with("test-shell", "config", "socket.group = \"www-data\"", &[])
        .expect(0)
        .stdout;
    assert!(said.contains("http.max_body = 65536 # default"), "{said}");
    assert!(
        said.contains("# operator.listen is not set and has no default"),
        "{said}"
    );
    assert!(!said.contains("# socket.group is not set"), "{said}");
    let parsed: Result<toml::Table, _> = said.parse();
    assert!(parsed.is_ok(), "{said}");
}
