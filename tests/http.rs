//! The built shell on its socket: HTTP, the socket's life, settings, secrets, subcommands, nginx in front.

mod answers;
mod bodies;
mod client_certificates;
mod commands;
mod demo;
mod drain;
mod end_to_end;
mod framing;
mod paths;
mod proxy;
mod refusals;
mod secrets;
mod settings;
mod slow;
mod socket;
mod sources;

use std::time::{Duration, Instant};

use sapi::testing::RequestBuilder;
use sapi_tests::curl::Reply;
use sapi_tests::shell::{Place, Shell};

use crate::nginx::assert_problem;

/// A shell on a unix socket in a folder of its own, and a request in that folder.
struct Scene {
    // Dropped first: the shell ends before its folder goes.
    shell: Shell,
    place: Place,
}

impl Scene {
    fn new() -> Self {
        Self::with("")
    }

    /// With these settings, lines of TOML.
    fn with(settings: &str) -> Self {
        Self::on(prepared(settings))
    }

    fn on(place: Place) -> Self {
        Self {
            shell: place.start(),
            place,
        }
    }

    /// On loopback TCP.
    fn tcp(settings: &str) -> Self {
        Self::with(&format!("listen = \"127.0.0.1:0\"\n{settings}"))
    }

    /// `curl -T` of the good request for a client.
    fn put(&self, client: &str, arguments: &[&str]) -> Reply {
        self.put_file("client.csr", client, arguments)
    }

    fn put_file(&self, file: &str, client: &str, arguments: &[&str]) -> Reply {
        let file = self.place.file(file);
        let mut all = vec!["--upload-file", file.to_str().unwrap()];
        all.extend(arguments);
        self.shell.curl(&format!("/api/csr/{client}"), &all)
    }

    /// `curl -T` of a body made here.
    fn put_body(&self, body: &[u8], arguments: &[&str]) -> Reply {
        std::fs::write(self.place.file("body"), body).unwrap();
        self.put_file("body", "web01", arguments)
    }

    /// Asserts that the shell still signs.
    #[track_caller]
    fn works(&self) {
        let reply = self.put("web01", &[]);
        assert_eq!(reply.status, 200, "{:?}", reply.body);
    }
}

/// A place with settings and a good request, `client.csr`.
fn prepared(settings: &str) -> Place {
    let place = Place::new(settings);
    std::fs::write(place.file("client.csr"), good_request()).unwrap();
    place
}

fn good_request() -> String {
    let request = RequestBuilder::new().common_name("web01");
    request.dns("web01.example.com").build_pem()
}

/// A whole PUT as bytes of HTTP.
fn whole_put(client: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "PUT /api/csr/{client} HTTP/1.1\r\nHost: ca\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Waits until a condition is true.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
