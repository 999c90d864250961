//! The answers that a decision can have: 200, 202, 401, 403, 429, 500.

use sapi_tests::shell::Place;
use sapi_tests::tls::Authority;
use sapi_tests::tool::{binary, openssl};

use super::{Scene, assert_problem, good_request, until};

#[test]
fn signed_is_200_with_everything_worth_knowing() {
    let scene = Scene::new();
    let reply = scene.put("web01", &[]);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let json = reply.json();
    let members: Vec<&String> = json.as_object().unwrap().keys().collect();
    let all = [
        "issuer_chain_pem",
        "not_after",
        "not_before",
        "request_id",
        "serial_number",
        "sha256_fingerprint",
        "signed_x509_pem",
    ];
    assert_eq!(members, all);
    assert_eq!(json["request_id"], reply.header("x-request-id").unwrap());

    // The openssl command agrees with the members.
    let folder = scene.place.path();
    let text = |member: &str| json[member].as_str().unwrap().to_owned();
    std::fs::write(folder.join("leaf.pem"), text("signed_x509_pem")).unwrap();
    std::fs::write(folder.join("issuer.pem"), text("issuer_chain_pem")).unwrap();
    let pem = text("signed_x509_pem");
    assert_eq!(
        pem.matches("BEGIN CERTIFICATE").count(),
        1,
        "the leaf alone"
    );
    openssl(
        folder,
        &[
            "verify",
            "-x509_strict",
            "-CAfile",
            "issuer.pem",
            "leaf.pem",
        ],
    );
    let shown = openssl(
        folder,
        &[
            "x509",
            "-in",
            "leaf.pem",
            "-noout",
            "-serial",
            "-fingerprint",
            "-sha256",
            "-dates",
            "-dateopt",
            "iso_8601",
            "-subject",
            "-ext",
            "subjectAltName",
        ],
    );
    let says = |line: &str| assert!(shown.contains(line), "{line:?} is not in: {shown}");
    says(&format!(
        "serial={}\n",
        text("serial_number").to_uppercase()
    ));
    let fingerprint = text("sha256_fingerprint").to_uppercase();
    says(&colons(&fingerprint));
    says(&format!(
        "notBefore={}\n",
        text("not_before").replace('T', " ")
    ));
    says(&format!(
        "notAfter={}\n",
        text("not_after").replace('T', " ")
    ));
    says("CN = web01\n");
    says("DNS:web01.example.com\n");
    let issuer = openssl(
        folder,
        &[
            "x509",
            "-in",
            "issuer.pem",
            "-outform",
            "DER",
            "-fingerprint",
            "-noout",
        ],
    );
    let ca = openssl(
        folder,
        &["x509", "-in", "ca.cert.pem", "-fingerprint", "-noout"],
    );
    assert_eq!(issuer, ca);
}

#[test]
fn der_is_signed_like_pem() {
    let scene = Scene::new();
    openssl(
        scene.place.path(),
        &[
            "req",
            "-in",
            "client.csr",
            "-outform",
            "DER",
            "-out",
            "client.der",
        ],
    );
    let types = ["-H", "Content-Type: application/pkcs10"];
    assert_eq!(scene.put_file("client.der", "web01", &types).status, 200);
}

#[test]
fn later_is_202_with_the_seconds_in_both_places() {
    let scene = Scene::new();
    let reply = scene.put("later", &[]);
    assert_eq!(reply.status, 202);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("retry-after"), Some("30"), "rounded up");
    let json = reply.json();
    assert_eq!(json.as_object().unwrap().len(), 3);
    assert_eq!(json["status"], "pending");
    assert_eq!(json["retry_after"], 30);
    assert_eq!(json["request_id"], reply.header("x-request-id").unwrap());
}

#[test]
fn a_denial_is_403_with_the_hooks_reason() {
    let scene = Scene::new();
    for (client, reason) in [
        ("deny", "not on a \"Sunday\""),
        (
            "abstain",
            "no policy of this certificate authority covers the request",
        ),
        ("refuse", "on second thoughts"),
    ] {
        let reply = scene.put(client, &[]);
        assert_problem(&reply, 403, "denied");
        assert_eq!(reply.json()["detail"], reason);
    }
}

#[test]
fn wanting_credentials_is_401_with_the_challenge() {
    let scene = Scene::new();
    let reply = scene.put("login", &[]);
    assert_problem(&reply, 401, "unauthenticated");
    let challenge = reply.header("www-authenticate");
    assert_eq!(challenge, Some("Bearer realm=\"enrolment\""));
}

#[test]
fn a_challenge_that_is_no_header_is_an_error_of_the_hook() {
    let scene = Scene::new();
    let reply = scene.put("badlogin", &[]);
    assert_problem(&reply, 500, "internal-error");
    assert_eq!(reply.header("www-authenticate"), None);
}

#[test]
fn too_often_is_429_with_retry_after() {
    let scene = Scene::new();
    let reply = scene.put("slower", &[]);
    assert_problem(&reply, 429, "too-many-requests");
    assert_eq!(reply.header("retry-after"), Some("7"));
}

#[test]
fn broken_hooks_are_500_without_the_cause_and_the_next_request_works() {
    let scene = Scene::new();
    for (client, slug) in [
        ("panic", "internal-error"),
        ("error", "internal-error"),
        ("presignpanic", "internal-error"),
        ("withhold", "withheld"),
        ("lose", "withheld"),
    ] {
        let reply = scene.put(client, &[]);
        assert_problem(&reply, 500, slug);
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(!body.contains("SECRET-CAUSE"), "{body}");
        scene.works();
    }
    // The log has the cause, and the serial number of a certificate that was signed but withheld.
    let audit = scene.shell.audit();
    let of = |client: &str| audit.iter().find(|line| line["client"] == client).unwrap();
    for client in ["panic", "error", "presignpanic", "withhold", "lose"] {
        let cause = of(client)["cause"].as_str().unwrap();
        assert!(cause.contains("SECRET-CAUSE"), "{client}: {cause}");
    }
    assert_eq!(of("withhold")["outcome"], "withheld");
    assert!(of("withhold")["serial"].as_str().is_some());
    assert!(of("panic")["serial"].as_str().is_none());
}

#[test]
fn an_authority_that_ends_while_it_serves_is_503() {
    // Build before the clock starts to run.
    let _built = binary("test-shell");
    let ending = Authority::ending_in("authority at its end", 20);
    let place = Place::of(ending, "");
    std::fs::write(place.file("client.csr"), good_request()).unwrap();
    let scene = Scene::on(place);
    scene.works();
    let mut reply = scene.put("web01", &[]);
    until("it ends", || {
        reply = scene.put("web01", &[]);
        reply.status != 200
    });
    assert_problem(&reply, 503, "unavailable");
    assert_eq!(reply.header("retry-after"), Some("60"));
    // A start in the second after its end works the same, and the log warns.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(scene.shell.end().code, Some(0));
    let mut shell = scene.place.start();
    shell.logs(|line| line.contains("WARN") && line.contains("expired"));
}

fn colons(hex: &str) -> String {
    let pairs: Vec<&str> = (0..hex.len() / 2)
        .map(|at| &hex[2 * at..2 * at + 2])
        .collect();
    pairs.join(":")
}

#[test]
fn every_answer_has_an_audit_line_under_its_request_id() {
    let mut scene = Scene::new();
    for client in ["web01", "deny", "later", "withhold"] {
        let reply = scene.put(client, &[]);
        let id = reply.header("x-request-id").unwrap().to_owned();
        let line = scene
            .shell
            .logs(|line| line.contains("sapi::audit") && line.contains(&id));
        assert!(line.contains(&format!("\"client\":\"{client}\"")), "{line}");
    }
    let reply = scene.put_body(b"nonsense", &[]);
    let id = reply.header("x-request-id").unwrap().to_owned();
    let line = scene.shell.logs(|line| line.contains(&id));
    assert!(line.contains("\"slug\":\"not-a-request\""), "{line}");
}
