//! `/healthz` and `/readyz` of the operator listener.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use rustix::process::Signal;
use sapi::testing::Authority;
use sapi_tests::running::Running;
use sapi_tests::shell::Place;
use sapi_tests::tool::run;

use super::client::Client;
use super::{operator_socket, page, place, request, soon, text, with_operator, write_identity};

#[test]
fn a_service_that_serves_is_healthy_and_ready() {
    let place = place("");
    let _shell = place.start();
    for (path, says) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let reply = page(&place, path);
        assert_eq!((reply.status, text(&reply).as_str()), (200, says));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    assert_eq!(page(&place, "/").status, 404);
    assert_eq!(page(&place, "/api/csr/web01").status, 404);
}

#[test]
fn off_by_default_and_never_on_the_public_listener() {
    let place = Place::new("");
    let shell = place.start();
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(shell.curl(path, &[]).status, 404, "{path}");
    }
    assert!(!operator_socket(&place).exists());
    place.settings(&with_operator(&place, ""));
    drop(shell);
    let shell = place.start();
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(shell.curl(path, &[]).status, 404, "{path}");
        assert_eq!(page(&place, path).status, 200, "{path}");
    }
}

#[test]
fn an_ended_authority_is_not_ready() {
    let place = place("");
    let now = SystemTime::now();
    let ca = Authority::new();
    let second = Duration::from_secs(1);
    write_identity(
        place.path(),
        &ca.clone().valid(now - 9 * second, now - 3 * second),
    );
    let shell = place.start();
    let reply = page(&place, "/readyz");
    assert_eq!(reply.status, 503);
    assert_eq!(text(&reply), "the CA's certificate has expired\n");
    assert_eq!(page(&place, "/healthz").status, 200);
    drop(shell);

    let day = Duration::from_secs(86_400);
    write_identity(place.path(), &ca.clone().valid(now + day, now + 2 * day));
    let shell = place.start();
    let reply = page(&place, "/readyz");
    assert_eq!(reply.status, 503);
    assert_eq!(text(&reply), "the CA's certificate is not valid yet\n");

    // The way out, without a restart: a valid certificate.
    write_identity(place.path(), &ca);
    shell.signal(Signal::HUP);
    soon("ready", || page(&place, "/readyz").status == 200);
}

#[test]
fn a_draining_service_is_not_ready_until_its_end() {
    let place = place("");
    let shell = place.start();
    let mut slow = Client::connect(&place.socket()).unwrap();
    slow.send("wait1500", &request(), "close").unwrap();
    soon("the request is on its way", || {
        text(&page(&place, "/metrics")).contains("sapi_requests_in_flight 1.0")
    });
    shell.signal(Signal::TERM);
    soon("draining", || page(&place, "/readyz").status == 503);
    let reply = page(&place, "/readyz");
    assert_eq!(text(&reply), "draining: the service is about to end\n");
    assert_eq!(page(&place, "/healthz").status, 200);
    assert_eq!(slow.answer().unwrap().status, 200);
    shell.wait().expect(0);
    assert!(!operator_socket(&place).exists());
}

#[test]
fn the_socket_has_its_mode_and_loopback_is_the_widest() {
    let place = place("operator.mode = \"0600\"");
    let shell = place.start();
    let mode = fs::metadata(operator_socket(&place))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(shell);

    for address in ["0.0.0.0:9464", "192.0.2.1:9464", "[::]:9464"] {
        place.settings(&format!("operator.listen = \"{address}\""));
        run(&mut place.command("test-shell", "serve"))
            .expect(78)
            .says(&["operator.listen", "is not on loopback"]);
    }
    place.settings("operator.listen = \"127.0.0.1:0\"");
    let mut shell = place.start();
    let line = shell.logs(|line| line.contains("the operator listener is open"));
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let mut command = sapi_tests::curl::command(std::path::Path::new("/dev/null"));
    command.arg(format!("{}/readyz", line["listen"].as_str().unwrap()));
    assert_eq!(sapi_tests::curl::run(&mut command).status, 200);
}

#[test]
fn a_starting_service_answers_but_is_not_ready() {
    // A missing passphrase delays the start.
    let place = place("");
    let mut command = place.command("test-shell", "serve");
    command
        .env_remove("CA_PASSPHRASE")
        .args(["--passphrase-fd", "0"])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null());
    let _starting = Running::start(&mut command);
    soon("the operator listener", || operator_socket(&place).exists());
    assert_eq!(page(&place, "/healthz").status, 200);
    let reply = page(&place, "/readyz");
    assert_eq!(reply.status, 503);
    assert_eq!(
        text(&reply),
        "starting: identity and hooks are not ready yet\n"
    );
    assert!(text(&page(&place, "/metrics")).contains("sapi_ready 0.0"));
}
