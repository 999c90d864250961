//! `explain`: a rehearsal from the command line.

use std::fs;

use openssl::x509::X509;
use sapi::testing::RequestBuilder;
use sapi_tests::program::program;
use sapi_tests::shell::Place;
use sapi_tests::tool::{Outcome, openssl, run};
use serde_json::Value;

/// A place with requests. Nothing in it or around it knows the passphrase.
fn prepared(settings: &str) -> Place {
    let place = Place::new(settings);
    let request = RequestBuilder::new()
        .common_name("web01")
        .dns("www.example.com")
        .extension("2.5.29.37", false, &[0x30, 0]);
    fs::write(place.file("client.der"), request.build_der()).unwrap();
    fs::write(
        place.file("weak.der"),
        RequestBuilder::new().common_name("x").sha1().build_der(),
    )
    .unwrap();
    place
}

fn explain(place: &Place, arguments: &[&str]) -> Outcome {
    let mut command = place.command("test-shell", "explain");
    command.env_remove("CA_PASSPHRASE");
    run(command.current_dir(place.path()).args(arguments))
}

#[test]
fn without_the_passphrase_it_tells_every_stop() {
    let place = prepared("");
    // Not even the file is opened.
    fs::remove_file(place.file("ca.private_key.pem")).unwrap();
    let outcome = explain(&place, &["--client", "web01", "client.der"]).expect(0);
    for part in [
        "client              web01",
        "subject             CN=web01",
        "key                 P-256",
        "\nauthorize\n  obedient            grants 1d: DNS:www.example.com (",
        "terms               1d: DNS:www.example.com",
        "\nserial_number\n  obedient            leaves it to others",
        "\ndraft\n",
        "\npresign\n  obedient            agrees",
        "extension 2.5.29.37: was asked for; extensions are never taken over",
        "decision\n  issued",
        "throw-away key",
        "X509v3 Subject Alternative Name",
        "-----BEGIN CERTIFICATE-----",
    ] {
        assert!(outcome.stdout.contains(part), "{part}:\n{}", outcome.stdout);
    }
    assert!(!outcome.stdout.contains("postsign"), "{}", outcome.stdout);
    assert!(
        !outcome.stderr.contains("sapi::audit"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn the_certificate_is_the_cas_but_for_its_signature() {
    let place = prepared("");
    let said = explain(&place, &["--client", "web01", "--json", "client.der"])
        .expect(0)
        .stdout;
    let seen: Value = serde_json::from_str(&said).unwrap();
    let pem = seen["answer"]["signed_x509_pem"].as_str().unwrap();
    fs::write(place.file("leaf.pem"), pem).unwrap();
    let leaf = X509::from_pem(pem.as_bytes()).unwrap();
    let ca = X509::from_pem(&fs::read(place.file("ca.cert.pem")).unwrap()).unwrap();
    assert!(
        leaf.issuer_name()
            .try_cmp(ca.subject_name())
            .unwrap()
            .is_eq()
    );
    assert!(!leaf.verify(&ca.public_key().unwrap()).unwrap());
    let mut verify = program("openssl");
    verify.args(["verify", "-CAfile", "ca.cert.pem", "leaf.pem"]);
    let outcome = run(verify.current_dir(place.path()));
    assert_ne!(
        outcome.code,
        Some(0),
        "a rehearsal's certificate must not verify"
    );
    let text = openssl(
        place.path(),
        &["x509", "-in", "leaf.pem", "-noout", "-text"],
    );
    assert!(text.contains("DNS:www.example.com"), "{text}");
}

#[test]
fn json_has_every_stop() {
    let place = prepared("");
    let said = explain(
        &place,
        &[
            "--client",
            "web01",
            "--peer",
            "192.0.2.7",
            "--json",
            "client.der",
        ],
    )
    .expect(0)
    .stdout;
    let seen: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(seen["client"], "web01");
    assert_eq!(seen["rehearsal"], true);
    assert_eq!(seen["peer"]["address"], "192.0.2.7");
    assert_eq!(seen["request"]["subject"], "CN=web01");
    assert_eq!(seen["request"]["names"][0], "DNS:www.example.com");
    assert_eq!(seen["calls"][0]["hook"], "obedient");
    assert_eq!(seen["calls"][0]["method"], "authorize");
    assert!(seen["calls"][0]["milliseconds"].is_number());
    assert_eq!(seen["terms"]["validity"], "1d");
    assert_eq!(seen["draft"]["name"][0], "DNS:www.example.com");
    assert_eq!(seen["presigned"], seen["draft"]);
    assert_eq!(seen["differences"][0]["what"], "extension 2.5.29.37");
    assert_eq!(seen["decision"], "issued");
    assert_eq!(seen["status"], 200);

    let said = explain(&place, &["--client", "deny", "--json", "client.der"])
        .expect(77)
        .stdout;
    let seen: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(seen["decision"], "denied");
    assert_eq!(
        seen["calls"][0]["answer"],
        "refuses (denied: not on a \"Sunday\")"
    );
    assert_eq!(seen["answer"]["type"], "urn:sapi:problem:denied");
    assert_eq!(seen["status"], 403);
    assert!(seen["terms"].is_null() && seen["draft"].is_null());

    let said = explain(&place, &["--client", "web01", "--json", "weak.der"])
        .expect(65)
        .stdout;
    let seen: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(seen["decision"], "weak-signature");
    assert_eq!(seen["status"], 422);
}

#[test]
fn the_exit_code_is_the_decision() {
    let place = prepared("hooks.timeout = \"300ms\"");
    fs::write(place.file("text"), "hello").unwrap();
    for (client, file, code, said) in [
        ("web01", "missing.csr", 66, "missing.csr"),
        ("web01", "text", 65, "not-a-request"),
        ("web01", "weak.der", 65, "weak-signature"),
        ("deny", "client.der", 77, "not on a \"Sunday\""),
        ("abstain", "client.der", 77, "denied: no policy"),
        ("login", "client.der", 77, "unauthenticated"),
        ("later", "client.der", 75, "pending"),
        ("slower", "client.der", 75, "too-many-requests"),
        ("wait30000", "client.der", 75, "hook-timeout"),
        (
            "error",
            "client.der",
            70,
            "internal-error: obedient.authorize: SECRET-CAUSE",
        ),
        (
            "presignpanic",
            "client.der",
            70,
            "obedient.presign panicked",
        ),
        // postsign is not rehearsed.
        ("withhold", "client.der", 0, "decision\n  issued"),
    ] {
        let outcome = explain(&place, &["--client", client, file]);
        assert_eq!(
            outcome.code,
            Some(code),
            "{client} {file}: {}",
            outcome.stderr
        );
        let all = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(all.contains(said), "{client} {file}: {all}");
    }
    explain(&place, &["client.der"])
        .expect(2)
        .says(&["--client"]);
    explain(
        &place,
        &[
            "--client",
            "web01",
            "--ca-path",
            "/no/such/ca",
            "client.der",
        ],
    )
    .expect(78)
    .says(&["/no/such/ca"]);
}

#[test]
fn hooks_see_the_peer_that_is_told() {
    let place = prepared("");
    let said = explain(
        &place,
        &["--client", "peer", "--peer", "2001:db8::7", "client.der"],
    )
    .expect(77);
    assert!(
        said.stdout.contains("address=2001:db8::7 certificate=none"),
        "{}",
        said.stdout
    );

    // A certificate of another CA is verified as one from a proxy would be.
    let stranger = sapi::testing::Authority::new();
    let key = sapi::testing::TestKey::p256();
    let pem = stranger.client_certificate("web01", &key).to_pem().unwrap();
    fs::write(place.file("stranger.pem"), pem).unwrap();
    let arguments = [
        "--client",
        "peer",
        "--peer-certificate",
        "stranger.pem",
        "client.der",
    ];
    explain(&place, &arguments)
        .expect(78)
        .says(&["stranger.pem", "client certificate"]);

    fs::write(place.file("anchors.pem"), stranger.pem()).unwrap();
    place.settings(&format!(
        "proxy.client_ca_file = {:?}",
        place.file("anchors.pem").display().to_string()
    ));
    let said = explain(&place, &arguments).expect(77);
    assert!(said.stdout.contains("certificate=web01"), "{}", said.stdout);
}

/// A rehearsal never touches the example's journal.
#[test]
fn the_examples_journal_stays_closed() {
    let place = prepared("");
    fs::write(
        place.file("members.toml"),
        "[clients.web01]\nvalidity = \"1d\"\nnames = [\"DNS:www.example.com\"]",
    )
    .unwrap();
    let journal = place.file("journal");
    place.settings(&format!(
        "hooks.members.file = {:?}\nhooks.journal.folder = {:?}",
        place.file("members.toml").display().to_string(),
        journal.display().to_string(),
    ));
    let mut command = place.command("sapi-hooks-example", "explain");
    let outcome = run(command
        .current_dir(place.path())
        .args(["--client", "web01", "client.der"]));
    let outcome = outcome.expect(0);
    assert!(
        outcome.stdout.contains("members             grants 1d"),
        "{}",
        outcome.stdout
    );
    assert!(!journal.exists());
}

#[test]
fn before_the_first_start_ready_made_hooks_are_rehearsed_and_nothing_is_made() {
    let place = prepared("");
    fs::create_dir(place.file("kept")).unwrap();
    let kept = place.file("kept").display().to_string();
    place.settings(&format!(
        "hooks.journal.folder = '{kept}/journal'\nhooks.renew = {{}}\n\
         hooks.approvals = {{ folder = '{kept}/approvals', validity = '48h' }}",
    ));
    let explain = || {
        let mut command = place.command("sapi-hooks-example", "explain");
        run(command
            .current_dir(place.path())
            .args(["--client", "web01", "client.der"]))
    };
    let stdout = explain().expect(75).stdout;
    assert!(stdout.contains("pending"), "{stdout}");
    assert_eq!(fs::read_dir(place.file("kept")).unwrap().count(), 0);
    // If the service could not make the folder either, the error names the missing one.
    fs::remove_dir(place.file("kept")).unwrap();
    let stderr = explain().expect(78).stderr;
    assert!(stderr.contains(&format!("{kept}/")), "{stderr}");
}
