//! The log: what happened to each request.

use std::time::Duration;

use sapi_tests::running::Running;
use sapi_tests::shell::{Place, Shell};
use serde_json::Value;

use super::client::Client;
use super::{page, place, request, soon};

/// The audit lines of a client.
fn decision(shell: &mut Shell, client: &str) -> Value {
    let client = format!("\"client\":\"{client}\"");
    let line = shell.logs(|line| line.contains("\"sapi::audit\"") && line.contains(&client));
    serde_json::from_str(&line).unwrap()
}

#[test]
fn a_certificate_has_one_line_with_every_field() {
    let uid = rustix::process::geteuid().as_raw();
    let place = Place::new(&format!("proxy.trusted_uids = [1, {uid}, 65534]"));
    let mut shell = place.start();
    std::fs::write(place.file("client.csr"), request()).unwrap();
    let file = place.file("client.csr");
    let upload = [
        "-T",
        file.to_str().unwrap(),
        "-H",
        "X-Forwarded-For: 192.0.2.7",
        "-H",
        "X-Request-ID: from.nginx_1",
    ];
    let reply = shell.curl("/api/csr/web01", &upload);
    assert_eq!(reply.status, 200);
    let line = decision(&mut shell, "web01");
    assert_eq!(line["request_id"], reply.header("x-request-id").unwrap());
    assert_eq!(line["request_id"], "from.nginx_1");
    assert_eq!(line["peer"], "192.0.2.7");
    assert_eq!(line["outcome"], "issued");
    assert_eq!(line["slug"], "issued");
    assert_eq!(line["names"], "DNS:web01.example.com");
    let json = reply.json();
    assert_eq!(line["serial"], json["serial_number"]);
    assert_eq!(line["not_after"], json["not_after"]);
    for digest in ["request_sha256", "key_sha256"] {
        let digest = line[digest].as_str().unwrap();
        assert!(
            digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{digest}"
        );
    }
    let hooks = line["hooks"].as_str().unwrap();
    for phase in ["authorize", "serial_number", "presign", "postsign"] {
        assert!(hooks.contains(&format!("obedient.{phase}=")), "{hooks}");
    }
    assert_eq!(shell.audit().len(), 1);
    assert!(!shell.log().contains("ends earlier"), "{}", shell.log());
}

#[test]
fn a_refusal_leads_from_the_request_id_to_its_cause() {
    let place = Place::new("http.max_body = 8000\nhttp.body_timeout = \"300ms\"");
    let mut shell = place.start();
    let large = "x".repeat(9000);
    for (client, body, slug, cause) in [
        (
            "error",
            request(),
            "internal-error",
            "SECRET-CAUSE of an error",
        ),
        ("deny", request(), "denied", "not on a \"Sunday\""),
        ("nonsense", "nonsense".to_owned(), "not-a-request", "PEM"),
        ("large", large, "body-too-large", "larger than 8000 bytes"),
    ] {
        let answer = Client::put_once(&place.socket(), client, &body).unwrap();
        let id = answer.json["instance"].as_str().unwrap();
        let id = id.strip_prefix("urn:uuid:").unwrap().to_owned();
        let line = shell.logs(|line| line.contains("sapi::audit") && line.contains(&id));
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&line["client"], &line["slug"]),
            (&client.into(), &slug.into())
        );
        assert_eq!(line["outcome"], "refused");
        assert!(line["cause"].as_str().unwrap().contains(cause), "{line}");
    }
    // A body that never comes.
    let mut slow = Client::connect(&place.socket()).unwrap();
    slow.send("slow", "", "close").unwrap();
    slow.answer().unwrap();
    let slow = decision(&mut shell, "slow");
    assert_eq!(slow["slug"], "empty-body");
    assert_eq!(shell.audit().len(), 5);
}

#[test]
fn what_a_hook_says_itself_carries_request_id_and_client() {
    let place = Place::new("");
    let mut shell = place.start();
    let answer = Client::put_once(&place.socket(), "tell", &request()).unwrap();
    assert_eq!(answer.status, 200);
    let line = shell.logs(|line| line.contains("said by a hook"));
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["span"]["request_id"], answer.json["request_id"]);
    assert_eq!(line["span"]["client"], "tell");
    assert_eq!(line["target"], "test_shell");
}

#[test]
fn paths_and_methods_are_told_only_when_asked_for() {
    let place = Place::new("");
    let shell = place.start();
    assert_eq!(shell.curl("/elsewhere", &[]).status, 404);
    assert!(!shell.log().contains("/elsewhere"), "{}", shell.log());
    drop(shell);
    place.settings("log.filter = \"debug\"");
    let mut shell = place.start();
    assert_eq!(shell.curl("/else%0Awhere", &[]).status, 404);
    let line = shell.logs(|line| line.contains("\"answered\""));
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&line["status"], &line["method"]),
        (&404.into(), &"GET".into())
    );
    assert!(line["request_id"].as_str().unwrap().len() > 10);
}

#[test]
fn text_is_one_line_for_a_person_whatever_a_client_sends() {
    let place = Place::new("log.format = \"text\"");
    let mut command = place.command("test-shell", "serve");
    let (mut child, log) = spawn_text(&mut command);
    soon("serves", || log.lock().unwrap().contains("sapi serves"));
    let csr = sapi::testing::RequestBuilder::new()
        .common_name("a")
        .build();
    assert_eq!(
        Client::put_once(&place.socket(), "web01", csr.pem())
            .unwrap()
            .status,
        200
    );
    let control = "-----BEGIN \u{1b}[31mRED\n\u{7}\u{9b}-----\nAAAA\n-----END X-----\n";
    assert_eq!(
        Client::put_once(&place.socket(), "evil", control)
            .unwrap()
            .status,
        400
    );
    soon("both decisions", || {
        log.lock().unwrap().matches("sapi::audit").count() == 2
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let log = log.lock().unwrap().clone();
    let line = log
        .lines()
        .find(|line| line.contains("outcome=\"issued\""))
        .unwrap();
    for part in [
        " INFO ",
        "sapi::audit",
        "client=\"web01\"",
        "request_id=\"",
        "serial=",
    ] {
        assert!(line.contains(part), "{line}");
    }
    let strange: Vec<char> = log
        .chars()
        .filter(|c| c.is_control() && *c != '\n')
        .collect();
    assert!(strange.is_empty(), "{strange:?} in {log}");
    assert!(log.lines().all(|line| line.starts_with("20")), "{log}");
}

type Log = std::sync::Arc<std::sync::Mutex<String>>;

fn spawn_text(command: &mut std::process::Command) -> (Running, Log) {
    use std::io::Read;
    let mut child = Running::start(command.stderr(std::process::Stdio::piped()));
    let log = Log::default();
    let (mut stderr, shared) = (child.stderr.take().unwrap(), Log::clone(&log));
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = stderr.read(&mut bytes) {
            let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
            shared.lock().unwrap().push_str(&text);
        }
    });
    (child, log)
}

#[test]
fn a_request_turned_away_at_the_door_has_its_line_too() {
    let place = place("http.max_in_flight = 1");
    let mut shell = place.start();
    let mut first = Client::connect(&place.socket()).unwrap();
    first.send("wait700", &request(), "close").unwrap();
    soon("in flight", || {
        super::text(&page(&place, "/metrics")).contains("sapi_requests_in_flight 1.0")
    });
    let answer = Client::put_once(&place.socket(), "second", &request()).unwrap();
    assert_eq!(answer.status, 503);
    let line = decision(&mut shell, "second");
    assert_eq!(line["slug"], "overloaded");
    assert_eq!(line["cause"], "http.max_in_flight requests are in progress");
    assert_eq!(first.answer().unwrap().status, 200);
    std::thread::sleep(Duration::from_millis(1));
}
