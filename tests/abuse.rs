//! Abuse of the protocol, over the real listener and through real nginx. The server answers with the right
//! status or closes cleanly, never mixes two requests, and works afterwards.

mod bodies;
mod heads;
mod pipelining;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use sapi::testing::RequestBuilder;
use sapi_tests::curl::Reply;
use sapi_tests::nginx::{Nginx, Site, worker_user};
use sapi_tests::program::program;
use sapi_tests::shell::{Place, Shell};
use sapi_tests::tool::run;

/// A shell on a socket, and nginx in front of it.
struct Front {
    // Dropped in this order.
    nginx: Nginx,
    shell: Shell,
    _place: Place,
}

/// The two ways in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Socket,
    Nginx,
}

const WAYS: [Way; 2] = [Way::Socket, Way::Nginx];

impl Front {
    fn new() -> Self {
        let settings =
            "http.body_timeout = \"2s\"\nhttp.header_timeout = \"2s\"\nhttp.keep_alive = \"3s\"";
        let place = Place::new(&trusting(settings));
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let client_ca = place.authority.write_certificate(place.path(), "client-ca");
        let shell = place.start();
        let nginx = Site::new(&place.socket(), &client_ca).start();
        Self {
            nginx,
            shell,
            _place: place,
        }
    }

    /// Sends bytes and reads until the other side closes. If that cuts the answer, returns what came.
    fn send(&self, way: Way, bytes: &[u8]) -> Vec<u8> {
        match way {
            Way::Socket => self.shell.raw(bytes),
            Way::Nginx => {
                let mut stream = self.nginx.connect();
                let _cut = stream.write_all(bytes);
                let mut answer = Vec::new();
                let _cut = stream.read_to_end(&mut answer);
                answer
            }
        }
    }

    /// The first answer, or nothing after a clean close.
    fn first(&self, way: Way, bytes: &[u8]) -> Option<Reply> {
        let answer = self.send(way, bytes);
        (!answer.is_empty()).then(|| Reply::parse(&answer))
    }

    /// Both ways still lead to a certificate.
    #[track_caller]
    fn works(&self) {
        for way in WAYS {
            let reply = self.first(
                way,
                &put("web01", "Connection: close\r\n", &request("a.example")),
            );
            let reply = reply.expect("an answer");
            assert_eq!(
                reply.status,
                200,
                "{way:?}: {:?}",
                String::from_utf8_lossy(&reply.body)
            );
        }
    }
}

/// nginx's workers may connect, and their headers are believed.
fn trusting(settings: &str) -> String {
    let Some(user) = worker_user() else {
        let uid = rustix::process::geteuid().as_raw();
        return format!("{settings}\nproxy.trusted_uids = [{uid}]");
    };
    let id = |flag: &str| {
        let outcome = run(program("id").args([flag, user])).expect(0);
        outcome.stdout.trim().to_owned()
    };
    let (uid, group) = (id("-u"), id("-gn"));
    format!("{settings}\nproxy.trusted_uids = [{uid}]\nsocket.group = {group:?}")
}

/// A good request for a name.
fn request(name: &str) -> String {
    RequestBuilder::new().dns(name).build_pem()
}

/// A whole PUT.
fn put(client: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("PUT /api/csr/{client} HTTP/1.1\r\nHost: ca\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// How long a limit of two seconds may take on a busy machine.
const SOON: Duration = Duration::from_secs(60);
