//! Renewal by a client certificate, as a proxy hands it over.

use std::fs;
use std::thread;
use std::time::{Duration, SystemTime};

use sapi_stock::Journal;
use sapi_stock::journal::Reason;
use sapi_tests::tool::openssl;

use super::*;

fn renewing(window: &str) -> Place {
    let uid = rustix::process::getuid().as_raw();
    place(&[
        APPROVALS,
        JOURNAL,
        &format!("proxy.trusted_uids = [{uid}]\nhooks.renew.window = \"{window}\"\n"),
    ])
}

/// The header that nginx writes for the certificate of a client.
fn header(pem: &Path) -> String {
    let pem = fs::read_to_string(pem).unwrap();
    let escaped = pem
        .replace('%', "%25")
        .replace('\n', "%0A")
        .replace(' ', "%20")
        .replace('+', "%2B");
    format!("X-Client-Cert: {escaped}")
}

const VERIFIED: &str = "X-Client-Verify: SUCCESS";

#[test]
fn a_new_key_for_the_same_names_until_revoked() {
    let place = renewing("7d");
    let shell = serve(&place);
    let names = "DNS:www.example.com,IP:192.0.2.1";
    let csr = request(place.path(), "web01", "/O=Example/CN=web01", names);
    assert_eq!(put(&shell, "web01", &csr, &[]).status, 202);
    tool(&place, "ca_approve", "approve", &["web01"]).expect(0);
    let reply = put(&shell, "web01", &csr, &[]);
    let serial = reply.json()["serial_number"].as_str().unwrap().to_owned();
    let held = header(&keep(&place, "web01.pem", &reply));

    let new = request(place.path(), "new", "/O=Example/CN=web01", names);
    let reply = put(&shell, "web01", &new, &[VERIFIED, &held]);
    keep(&place, "new.pem", &reply);
    let parts = |file: &str| {
        openssl(
            place.path(),
            &[
                "x509",
                "-in",
                file,
                "-noout",
                "-subject",
                "-ext",
                "subjectAltName",
            ],
        )
    };
    assert_eq!(parts("new.pem"), parts("web01.pem"));
    let key = openssl(
        place.path(),
        &["x509", "-in", "new.pem", "-noout", "-pubkey"],
    );
    assert_eq!(
        key,
        openssl(place.path(), &["pkey", "-in", "new.key", "-pubout"])
    );

    // A person decides on more names than before, and on a request without the certificate.
    let more = request(
        place.path(),
        "more",
        "/O=Example/CN=web01",
        &format!("{names},DNS:mail.example.com"),
    );
    assert_eq!(put(&shell, "web01", &more, &[VERIFIED, &held]).status, 202);
    let bare = request(place.path(), "bare", "/O=Example/CN=web01", names);
    assert_eq!(
        put(&shell, "web01", &bare, &["X-Client-Verify: NONE", &held]).status,
        202
    );

    // Revoked by another process: the running service knows at once.
    let journal = Journal::open(&place.file("journal")).unwrap();
    journal
        .revoke(
            &serial.parse().unwrap(),
            Reason::KeyCompromise,
            SystemTime::now(),
        )
        .unwrap();
    let again = request(place.path(), "again", "/O=Example/CN=web01", names);
    let reply = put(&shell, "web01", &again, &[VERIFIED, &held]);
    assert_eq!(
        (reply.status, &reply.json()["detail"]),
        (403, &"the client certificate is revoked".into())
    );
    let found = json(tool(
        &place,
        "ca_journal",
        "find",
        &["--client", "web01", "--json"],
    ));
    assert_eq!(found[1]["decided_by"], format!("certificate {serial}"));
}

#[test]
fn too_early_a_person_is_asked() {
    let place = renewing("1h");
    let mut shell = serve(&place);
    let csr = request(place.path(), "web01", "/CN=web01", "");
    assert_eq!(put(&shell, "web01", &csr, &[]).status, 202);
    tool(&place, "ca_approve", "approve", &["web01"]).expect(0);
    let held = header(&keep(&place, "web01.pem", &put(&shell, "web01", &csr, &[])));
    let new = request(place.path(), "new", "/CN=web01", "");
    assert_eq!(put(&shell, "web01", &new, &[VERIFIED, &held]).status, 202);
    let _said = shell.logs(|line| line.contains("is valid for longer than hooks.renew.window"));
}

#[test]
fn after_the_end_only_where_the_settings_say_so() {
    let uid = rustix::process::getuid().as_raw();
    let trusted = format!("proxy.trusted_uids = [{uid}]\ncertificate.backdate = \"1s\"\n");
    let window = "hooks.renew.window = \"7d\"\n";
    let settings = [APPROVALS, JOURNAL, &trusted, window];
    let place = place(&settings);
    let shell = serve(&place);
    let csr = request(place.path(), "web01", "/CN=web01", "");
    assert_eq!(put(&shell, "web01", &csr, &[]).status, 202);
    tool(
        &place,
        "ca_approve",
        "approve",
        &["web01", "--validity", "1s"],
    )
    .expect(0);
    let pem = keep(&place, "web01.pem", &put(&shell, "web01", &csr, &[]));
    let held = header(&pem);
    let ends = ["x509", "-in", "web01.pem", "-noout", "-checkend", "0"];
    while openssl_outcome(place.path(), &ends).code == Some(0) {
        thread::sleep(Duration::from_millis(50));
    }
    let new = request(place.path(), "new", "/CN=web01", "");
    let renew = |shell: &Shell, said: &str| {
        let said = format!("X-Client-Verify: {said}");
        put(shell, "web01", &new, &[&said, &held]).status
    };
    const EXPIRED: &str = "FAILED:certificate has expired";
    assert_eq!(renew(&shell, EXPIRED), 202);
    drop(shell);
    settle(
        &place,
        &[&settings[..], &["hooks.renew.after_expiry = \"7d\"\n"]].concat(),
    );
    let shell = serve(&place);
    for no in ["FAILED:unable to verify the first certificate", "NONE"] {
        assert_eq!(renew(&shell, no), 202, "{no}");
    }
    assert_eq!(renew(&shell, EXPIRED), 200);
}

#[test]
fn without_a_journal_nobody_knows_what_is_revoked() {
    let place = place(&["hooks.renew = {}\n"]);
    run(&mut place.command("sapi-hooks-example", "serve"))
        .expect(78)
        .says(&["[hooks.renew] needs [hooks.journal]"]);
}
