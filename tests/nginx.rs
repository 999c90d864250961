//! `deploy/nginx/sapi.conf` on a real nginx, with `curl` in front of it and a stub behind it.

use std::path::Path;

use sapi_tests::curl::Reply;
use sapi_tests::nginx::{Nginx, Site};
use sapi_tests::tls::Authority;
use tempfile::TempDir;

use self::stub::{Behaviour, Stub};

mod certificates;
mod errors;
mod headers;
mod limits;
mod paths;
mod restart;
mod stub;
mod texts;

/// The stub, nginx in front of it, and the authority whose client certificates nginx accepts.
struct Scene {
    // Dropped in this order: nginx first, so that its log has no error about the stub's end.
    nginx: Nginx,
    stub: Stub,
    authority: Authority,
    folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        Self::with(Behaviour::Echo, |site| site)
    }

    fn with(behaviour: Behaviour, edit: impl FnOnce(Site) -> Site) -> Self {
        let folder = open_folder();
        let stub = Stub::start(&folder.path().join("sapi.sock"), behaviour);
        let authority = Authority::new("throw-away authority of client certificates");
        let certificate = authority.write_certificate(folder.path(), "client-ca");
        let nginx = edit(Site::new(&folder.path().join("sapi.sock"), &certificate)).start();
        Self {
            nginx,
            stub,
            authority,
            folder,
        }
    }

    fn put(&self, path: &str, arguments: &[&str]) -> Reply {
        let mut all = vec!["--request", "PUT", "--data-binary", "request"];
        all.extend(["--header", "Content-Type: application/x-pem-file"]);
        all.extend(arguments);
        self.nginx.curl(path, &all)
    }

    /// Asserts that nginx itself refused: it sent the right problem, and nothing went on to sapi.
    #[track_caller]
    fn refused(&self, reply: &Reply, status: u16, slug: &str) {
        assert_problem(reply, status, slug);
        assert_eq!(self.stub.requests(), 0, "the request went on to sapi");
    }
}

/// A folder that nginx's workers may enter: they run as another user than root.
fn open_folder() -> TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::with_prefix("sapi-stub-").unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Asserts an RFC 9457 problem like sapi's own: members, headers, and the same id in both places.
#[track_caller]
pub(crate) fn assert_problem(reply: &Reply, status: u16, slug: &str) {
    let shown = String::from_utf8_lossy(&reply.body);
    assert_eq!(reply.status, status, "{shown}");
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json"),
        "{shown}"
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let json = reply.json();
    let members: Vec<&str> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(members, ["detail", "instance", "status", "title", "type"]);
    assert_eq!(json["type"], format!("urn:sapi:problem:{slug}"));
    assert_eq!(json["status"], status);
    assert!(json["title"].as_str().unwrap().len() > 3, "{shown}");
    assert!(json["detail"].as_str().unwrap().len() > 10, "{shown}");
    let id = reply.header("x-request-id").expect("X-Request-ID");
    assert_uuid(id);
    assert_eq!(json["instance"], format!("urn:uuid:{id}"));
}

/// Asserts a version 4 UUID (RFC 9562, 5.4).
#[track_caller]
fn assert_uuid(id: &str) {
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
    assert!(
        id.bytes()
            .all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
        "{id}"
    );
    assert_eq!(id.as_bytes()[14], b'4', "{id}");
    assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
}

/// The text of a shipped file.
fn deployed(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../deploy")
        .join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
