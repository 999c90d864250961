//! `sign`, `completions`, `man`, `--version`, `--help`.

use std::fs;
use std::process::{Command, Stdio};

use sapi::testing::RequestBuilder;
use sapi_tests::program::program;
use sapi_tests::shell::Place;
use sapi_tests::tool::{Outcome, binary, finish, openssl, run};

use super::prepared;

fn sign(place: &Place, arguments: &[&str]) -> Outcome {
    let mut command = place.command("test-shell", "sign");
    run(command.current_dir(place.path()).args(arguments))
}

#[test]
fn sign_prints_a_certificate_that_verifies() {
    let place = prepared("");
    let outcome = sign(&place, &["--client", "web01", "client.csr"]).expect(0);
    fs::write(place.file("leaf.pem"), &outcome.stdout).unwrap();
    openssl(
        place.path(),
        &[
            "verify",
            "-x509_strict",
            "-CAfile",
            "ca.cert.pem",
            "leaf.pem",
        ],
    );
    let subject = openssl(
        place.path(),
        &["x509", "-in", "leaf.pem", "-noout", "-subject"],
    );
    assert!(subject.contains("web01"), "{subject}");
    assert_eq!(outcome.stdout.matches("BEGIN CERTIFICATE").count(), 1);
    assert!(outcome.stdout.starts_with("-----BEGIN"));
}

#[test]
fn sign_reads_standard_input() {
    let place = prepared("");
    fs::write(
        place.file("client.der"),
        RequestBuilder::new().common_name("x").build_der(),
    )
    .unwrap();
    for (file, dash) in [("client.csr", None), ("client.der", Some("-"))] {
        let mut command = place.command("test-shell", "sign");
        let child = command
            .args(["--client", "web01"])
            .args(dash)
            .stdin(fs::File::open(place.file(file)).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let outcome = finish(child.unwrap()).expect(0);
        assert!(outcome.stdout.contains("BEGIN CERTIFICATE"));
    }
}

#[test]
fn sign_writes_a_file_that_was_not_there() {
    let place = prepared("");
    let outcome = sign(
        &place,
        &["--client", "web01", "-o", "leaf.pem", "client.csr"],
    )
    .expect(0);
    assert_eq!(outcome.stdout, "");
    openssl(
        place.path(),
        &["verify", "-CAfile", "ca.cert.pem", "leaf.pem"],
    );

    let before = fs::read(place.file("leaf.pem")).unwrap();
    sign(
        &place,
        &["--client", "web01", "-o", "leaf.pem", "client.csr"],
    )
    .expect(73)
    .says(&["leaf.pem", "already exists"]);
    assert_eq!(fs::read(place.file("leaf.pem")).unwrap(), before);
    sign(
        &place,
        &["--client", "web01", "-o", "no/such/leaf.pem", "client.csr"],
    )
    .expect(73)
    .says(&["no/such/leaf.pem"]);
}

#[test]
fn sign_issues_nothing_that_it_cannot_write() {
    let place = prepared("");
    let journal = place.file("journal");
    place.settings(&format!(
        "hooks.test.journal = {:?}",
        journal.display().to_string()
    ));
    fs::write(place.file("there.pem"), "precious").unwrap();
    sign(
        &place,
        &["--client", "web01", "-o", "there.pem", "client.csr"],
    )
    .expect(73);
    assert!(!journal.exists(), "the hooks were not asked");
    // And a refused request leaves no empty file.
    sign(
        &place,
        &["--client", "deny", "-o", "leaf.pem", "client.csr"],
    )
    .expect(77);
    assert!(!place.file("leaf.pem").exists());
}

#[test]
fn sign_tells_by_its_exit_code() {
    let place = prepared("hooks.timeout = \"300ms\"");
    fs::write(place.file("text"), "hello").unwrap();
    fs::write(
        place.file("weak.csr"),
        RequestBuilder::new().common_name("x").sha1().build_der(),
    )
    .unwrap();
    fs::write(place.file("large"), "x".repeat(70_000)).unwrap();
    for (client, file, code, said) in [
        ("web01", "missing.csr", 66, "missing.csr"),
        ("web01", "large", 66, "http.max_body"),
        ("web01", "text", 65, "not a certificate request"),
        ("web01", "weak.csr", 65, "signature algorithm"),
        ("deny", "client.csr", 77, "not on a \"Sunday\""),
        ("abstain", "client.csr", 77, "denied"),
        ("login", "client.csr", 77, "unauthenticated"),
        ("later", "client.csr", 75, "pending"),
        ("slower", "client.csr", 75, "too-many-requests"),
        ("wait30000", "client.csr", 75, "hook-timeout"),
        ("error", "client.csr", 70, "internal-error"),
        ("withhold", "client.csr", 70, "withheld"),
    ] {
        let outcome = sign(&place, &["--client", client, file]);
        assert_eq!(
            outcome.code,
            Some(code),
            "{client} {file}: {}",
            outcome.stderr
        );
        let outcome = outcome.says(&["error: ", said]);
        assert_eq!(outcome.stdout, "", "{client} {file}");
    }
    sign(&place, &["--client", "a-b", "client.csr"])
        .expect(2)
        .says(&["letters and digits"]);
    sign(&place, &["client.csr"]).expect(2).says(&["--client"]);
    let mut command = place.command("test-shell", "sign");
    let command = command.args(["--client", "web01", "--ca-path", "/no/such/ca"]);
    run(command.arg(place.file("client.csr")))
        .expect(78)
        .says(&["/no/such/ca"]);
}

#[test]
fn completions_know_every_subcommand() {
    let test_shell = binary("test-shell");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let outcome = run(Command::new(&test_shell).args(["completions", shell])).expect(0);
        for word in [
            &SUBCOMMANDS[..],
            &["passphrase-file", "ca-path", "test-shell"],
        ]
        .concat()
        {
            assert!(outcome.stdout.contains(word), "{shell}: {word}");
        }
    }
    let script = run(Command::new(&test_shell).args(["completions", "bash"]))
        .expect(0)
        .stdout;
    run(program("bash").args(["-n", "-c", &script])).expect(0);
}

#[test]
fn man_pages_are_written_for_every_subcommand() {
    let folder = tempfile::tempdir().unwrap();
    let test_shell = binary("test-shell");
    let pages = folder.path().join("pages");
    run(Command::new(&test_shell)
        .arg("man")
        .arg("--dir")
        .arg(&pages))
    .expect(0);
    let mut names = vec!["test-shell.1".to_owned()];
    names.extend(SUBCOMMANDS.map(|name| format!("test-shell-{name}.1")));
    for name in names {
        let page =
            fs::read_to_string(pages.join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(page.contains(".TH ") && page.contains(".SH NAME"), "{name}");
    }
    let main = run(Command::new(&test_shell).arg("man")).expect(0).stdout;
    assert!(main.contains(".TH test-shell 1"), "{main}");
}

#[test]
fn version_is_sapis_and_openssls() {
    let shell = binary("test-shell");
    let said = run(Command::new(&shell).arg("--version")).expect(0).stdout;
    let of_openssl = openssl::version::version();
    assert!(said.starts_with("test-shell "), "{said}");
    assert!(
        said.contains(concat!("sapi ", env!("CARGO_PKG_VERSION"))),
        "{said}"
    );
    assert!(
        said.contains(of_openssl) && of_openssl.starts_with("OpenSSL "),
        "{said}"
    );
}

#[test]
fn help_names_every_subcommand_and_a_mistake_is_2() {
    let shell = binary("test-shell");
    let help = run(Command::new(&shell).arg("--help")).expect(0).stdout;
    for subcommand in SUBCOMMANDS {
        assert!(help.contains(&format!("  {subcommand} ")), "{help}");
        run(Command::new(&shell).args([subcommand, "--help"])).expect(0);
        run(Command::new(&shell).args([subcommand, "--no-such-flag"])).expect(2);
    }
    run(&mut Command::new(&shell)).expect(2).says(&["Usage"]);
    run(Command::new(&shell).arg("serv"))
        .expect(2)
        .says(&["serve"]);
}

const SUBCOMMANDS: [&str; 7] = [
    "serve",
    "demo",
    "sign",
    "explain",
    "config",
    "completions",
    "man",
];
