//! From "pending" to a certificate, and back.

use sapi_tests::program::program;
use sapi_tests::tool::openssl;

use super::*;

#[test]
fn pending_then_approved_then_refreshed_then_withdrawn() {
    let place = place(&[APPROVALS, JOURNAL]);
    let shell = serve(&place);
    let csr = request(
        place.path(),
        "web01",
        "/CN=web01",
        "DNS:web01.example.com,DNS:www.example.com",
    );
    let reply = put(&shell, "web01", &csr, &[]);
    assert_eq!(reply.status, 202, "{reply:?}");
    assert_eq!(reply.header("retry-after"), Some("60"));

    let listed = json(tool(&place, "ca_approve", "list", &["--json"]));
    let [row] = &listed.as_array().unwrap()[..] else {
        panic!("{listed}")
    };
    assert_eq!(
        (&row["client"], &row["state"]),
        (&"web01".into(), &"pending".into())
    );
    assert_eq!(
        row["names"],
        serde_json::json!(["DNS:web01.example.com", "DNS:www.example.com"])
    );
    let key = openssl(
        place.path(),
        &[
            "pkey",
            "-in",
            "web01.key",
            "-pubout",
            "-outform",
            "DER",
            "-out",
            "web01.spki",
        ],
    );
    let digest = openssl(place.path(), &["dgst", "-sha256", "-r", "web01.spki"]);
    assert!(
        digest.starts_with(row["key_sha256"].as_str().unwrap()),
        "{key}{digest}"
    );
    let table = tool(&place, "ca_approve", "list", &[]).expect(0).stdout;
    for part in [
        "STATE",
        "pending",
        "web01",
        "CN=web01",
        "DNS:www.example.com",
        "P-256",
        &digest[..16],
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    assert!(!table.contains('\u{1b}'), "no colours outside a terminal");

    let approve = ["web01", "--name", "DNS:www.example.com", "--validity", "1h"];
    let said = tool(&place, "ca_approve", "approve", &approve)
        .expect(0)
        .stdout;
    assert!(said.ends_with(": approved (was pending)\n"), "{said}");
    let cert = keep(&place, "web01.pem", &put(&shell, "web01", &csr, &[]));
    let text = openssl(
        place.path(),
        &["x509", "-in", cert.to_str().unwrap(), "-noout", "-text"],
    );
    assert!(
        text.contains("DNS:www.example.com") && !text.contains("DNS:web01"),
        "{text}"
    );
    let first = put(&shell, "web01", &csr, &[]).json()["serial_number"].clone();
    assert_ne!(
        first,
        put(&shell, "web01", &csr, &[]).json()["serial_number"]
    );

    tool(
        &place,
        "ca_approve",
        "reject",
        &["web01", "--reason", "decommissioned", "--by", "bob"],
    )
    .expect(0);
    let reply = put(&shell, "web01", &csr, &[]);
    assert_eq!(reply.status, 403);
    assert_eq!(reply.json()["detail"], "decommissioned");
    let all = json(tool(&place, "ca_approve", "list", &["--all", "--json"]));
    assert_eq!(all[0]["decision"]["by"], "bob");
    assert_eq!(
        json(tool(&place, "ca_approve", "list", &["--json"])),
        serde_json::json!([])
    );

    // The journal names who decided.
    let found = json(tool(
        &place,
        "ca_journal",
        "find",
        &["--client", "web01", "--json"],
    ));
    assert_eq!(found.as_array().unwrap().len(), 3);
    assert_eq!(found[0]["decided_by"], "alice");
    assert_eq!(found[0]["granted_by"], serde_json::json!(["approvals"]));
}

#[test]
fn what_is_shown_is_what_is_signed() {
    let place = place(&[
        APPROVALS,
        "certificate.backdate = \"1s\"\ncertificate.max_validity = \"30h\"\n",
    ]);
    let shell = serve(&place);
    let csr = request(
        place.path(),
        "web01",
        "/O=Example/CN=web01",
        "DNS:www.example.com",
    );
    assert_eq!(put(&shell, "web01", &csr, &[]).status, 202);
    let shown = json(tool(&place, "ca_approve", "show", &["web01", "--json"]));
    let draft = &shown["draft"];
    assert_eq!(draft["subject"], "CN=web01,O=Example");
    assert_eq!(draft["issuer"], "CN=throw-away authority of the shell");
    tool(
        &place,
        "ca_approve",
        "approve",
        &["web01", "-f", "CN", "other"],
    )
    .expect(0);
    let text = tool(&place, "ca_approve", "show", &["web01"])
        .expect(0)
        .stdout;
    for part in [
        "CN=web01,O=Example",
        "approved by alice",
        "  subject   CN=other\n",
        "  extended  serverAuth clientAuth\n",
        "BEGIN CERTIFICATE REQUEST",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let draft = json(tool(&place, "ca_approve", "show", &["web01", "--json"]))["draft"].clone();
    let reply = put(&shell, "web01", &csr, &[]);
    keep(&place, "web01.pem", &reply);
    let cert = openssl(
        place.path(),
        &[
            "x509",
            "-in",
            "web01.pem",
            "-noout",
            "-subject",
            "-ext",
            "keyUsage,extendedKeyUsage",
        ],
    );
    assert!(cert.contains("subject=CN = other"), "{cert}");
    assert_eq!(draft["key_usage"], serde_json::json!(["digitalSignature"]));
    assert!(cert.contains("Digital Signature"), "{cert}");
    // The lengths are the same, to the second.
    let length = |from: &serde_json::Value, to: &serde_json::Value| {
        let seconds = |time: &serde_json::Value| {
            let arguments = ["-u", "-d", time.as_str().unwrap(), "+%s"];
            let outcome = run(program("date").args(arguments)).expect(0);
            outcome.stdout.trim().parse::<u64>().unwrap()
        };
        seconds(to) - seconds(from)
    };
    let reply = reply.json();
    assert_eq!(
        length(&draft["not_before"], &draft["not_after"]),
        30 * 3600 + 1
    );
    assert_eq!(
        length(&reply["not_before"], &reply["not_after"]),
        30 * 3600 + 1
    );
}

#[test]
fn beyond_the_quota_it_is_429_and_rules_need_nobody() {
    let place = place(&[
        APPROVALS,
        JOURNAL,
        "hooks.approvals.max_pending = 2\nhooks.auto_approve.mark = \"1.3.6.1.4.1.32473.2\"\n",
        "hooks.auto_approve.folder = \"HERE/counts\"\n",
        "hooks.auto_approve.rules.first.client = \"boot*\"\nhooks.auto_approve.rules.first.validity = \"1h\"\n",
        "hooks.auto_approve.rules.first.first = 1\n",
    ]);
    let shell = serve(&place);
    let csr = request(place.path(), "any", "/CN=any", "DNS:any.example.com");
    for client in ["one", "two"] {
        assert_eq!(put(&shell, client, &csr, &[]).status, 202);
    }
    let reply = put(&shell, "three", &csr, &[]);
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("60"))
    );
    let own = request(place.path(), "boot1", "/CN=boot1", "");
    let cert = keep(&place, "boot1.pem", &put(&shell, "boot1", &own, &[]));
    let text = openssl(
        place.path(),
        &["x509", "-in", cert.to_str().unwrap(), "-noout", "-text"],
    );
    assert!(text.contains("Policy: 1.3.6.1.4.1.32473.2"), "{text}");
    // The rule approves the first request only, even after a restart; that one gets a new certificate.
    drop(shell);
    let shell = serve(&place);
    let second = request(place.path(), "boot2", "/CN=boot2", "");
    assert_eq!(put(&shell, "boot2", &second, &[]).status, 429);
    assert_eq!(put(&shell, "boot1", &own, &[]).status, 200);
    let found = json(tool(
        &place,
        "ca_journal",
        "find",
        &["--name", "boot1", "--json"],
    ));
    assert_eq!(found[0]["decided_by"], "rule first");
}

#[test]
fn without_any_policy_nothing_starts() {
    let place = place(&[JOURNAL]);
    run(&mut place.command("sapi-hooks-example", "serve"))
        .expect(78)
        .says(&["the settings need [hooks.members], [hooks.approvals]"]);
}
