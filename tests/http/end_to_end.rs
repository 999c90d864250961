//! The whole road: an identity by `ca_create_identity`, a shell on a unix socket, real nginx with TLS
//! in front of it, a request by `openssl req`, sent by `curl`, judged by `openssl verify`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use sapi_tests::curl::{self, Reply};
use sapi_tests::nginx::{Nginx, Site, worker_user};
use sapi_tests::program::program;
use sapi_tests::shell::Shell;
use sapi_tests::tool::{binary, detached, forget_variables, openssl, run};
use tempfile::TempDir;

use super::{assert_problem, until};

const MEMBERS: &str =
    "[clients.client1]\nnames = [\"DNS:client1.example.com\"]\nvalidity = \"90d\"\n";

struct Road {
    // Dropped in this order.
    nginx: Nginx,
    shell: Option<Shell>,
    folder: TempDir,
}

impl Road {
    fn new(shell: &str, settings: &str) -> Self {
        let folder = TempDir::with_prefix("sapi-road-").unwrap();
        // nginx's workers run as another user.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let ca = folder.path().join("ca");
        let mut create = detached(&binary("ca_create_identity"));
        create.args([
            "-f",
            "C",
            "US",
            "-f",
            "CN",
            "ca.net",
            "-f",
            "L",
            "Palm Beach",
            "-f",
            "O",
            "Random Authority, Inc.",
            "-f",
            "ST",
            "Florida",
            "-f",
            "emailAddress",
            "ca@example.net",
            "-v",
            "10",
        ]);
        create
            .arg("--ca-path")
            .arg(&ca)
            .env("CA_PASSPHRASE", "hush");
        run(&mut create).expect(0);
        let mut text = format!(
            "ca_path = {ca:?}\nlisten = \"unix:{}/sapi.sock\"\nallow_root = true\n",
            folder.path().display()
        );
        if let Some(user) = worker_user() {
            let id = |flag: &str| run(program("id").args([flag, user])).expect(0).stdout;
            text.push_str(&format!(
                "proxy.trusted_uids = [{}]\nsocket.group = {:?}\n",
                id("-u").trim(),
                id("-gn").trim()
            ));
        } else {
            let uid = rustix::process::geteuid().as_raw();
            text.push_str(&format!("proxy.trusted_uids = [{uid}]\n"));
        }
        text.push_str(&settings.replace("HERE", &folder.path().display().to_string()));
        fs::write(folder.path().join("members.toml"), MEMBERS).unwrap();
        fs::write(folder.path().join("sapi.toml"), text).unwrap();
        let site = Site::new(&folder.path().join("sapi.sock"), &ca.join("ca.cert.pem"));
        let mut road = Self {
            nginx: site.start(),
            shell: None,
            folder,
        };
        road.start(shell);
        road.request("client", &[]);
        road
    }

    fn start(&mut self, shell: &str) {
        let mut command = Command::new(binary(shell));
        forget_variables(&mut command);
        command
            .args(["serve", "--config"])
            .arg(self.path("sapi.toml"));
        command.env("CA_PASSPHRASE", "hush").stdin(Stdio::null());
        self.shell = Some(Shell::start(&mut command));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new key and a request for it by the `openssl` command.
    fn request(&self, stem: &str, more: &[&str]) {
        let (key, csr) = (format!("{stem}.key"), format!("{stem}.csr"));
        let mut arguments = vec![
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=client1",
            "-addext",
            "subjectAltName=DNS:client1.example.com",
            "-keyout",
            &key,
            "-out",
            &csr,
        ];
        arguments.extend(more);
        openssl(self.folder.path(), &arguments);
    }

    fn put(&self, client: &str, arguments: &[&str]) -> Reply {
        let csr = self.path("client.csr").display().to_string();
        let mut all = vec!["--upload-file", &*csr];
        all.extend(arguments);
        self.nginx.curl(&format!("/api/csr/{client}"), &all)
    }

    /// Enrols, and leaves the certificate in `client.pem`.
    fn enrol(&self, client: &str) {
        let reply = self.put(client, &[]);
        let shown = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!(reply.status, 200, "{shown}");
        let pem = reply.json()["signed_x509_pem"].as_str().unwrap().to_owned();
        fs::write(self.path("client.pem"), pem).unwrap();
    }
}

#[test]
fn the_example_shell_enrols_a_client_through_nginx() {
    let road = Road::new(
        "sapi-hooks-example",
        "hooks.members.file = \"HERE/members.toml\"\nhooks.journal.folder = \"HERE/journal\"\n",
    );
    road.enrol("client1");
    assert_problem(&road.put("stranger", &[]), 403, "denied");
    let verify = [
        "verify",
        "-x509_strict",
        "-CAfile",
        "ca/ca.cert.pem",
        "client.pem",
    ];
    let verdict = openssl(road.folder.path(), &verify);
    assert!(verdict.contains("client.pem: OK"), "{verdict}");
    let shown = openssl(
        road.folder.path(),
        &["x509", "-in", "client.pem", "-noout", "-text"],
    );
    for part in [
        "Random Authority, Inc.",
        "CN = client1",
        "DNS:client1.example.com",
        "CA:FALSE",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // One id in nginx's log, in ours and in the journal.
    let reply = road.put("client1", &[]);
    let id = reply.header("x-request-id").unwrap();
    let journal = fs::read_to_string(road.path("journal/journal.jsonl")).unwrap();
    let last: serde_json::Value = serde_json::from_str(journal.lines().nth(1).unwrap()).unwrap();
    assert_eq!(last["request_id"], id);
    assert_eq!(last["serial"], reply.json()["serial_number"]);
    until("nginx has logged it", || {
        road.nginx.access_log().contains(id)
    });
    until("the shell has logged it", || {
        road.shell.as_ref().unwrap().log().contains(id)
    });
}

#[test]
fn a_client_certificate_passes_through_to_the_hook() {
    let road = Road::new("test-shell", "");
    let without = road.put("peer", &[]).json();
    let detail = without["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("address=127.0.0.1 certificate=none id="),
        "{detail}"
    );

    road.enrol("client1");
    let [cert, key, csr] = ["client.pem", "client.key", "client.csr"].map(|name| road.path(name));
    let mut command = curl::command(road.nginx.authority());
    command
        .arg("--cert")
        .arg(cert)
        .arg("--key")
        .arg(key)
        .arg("--upload-file")
        .arg(csr);
    let reply = curl::run(command.arg(road.nginx.url("/api/csr/peer")));
    let json = reply.json();
    let detail = json["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("address=127.0.0.1 certificate=client1 id="),
        "{detail}"
    );
}

#[test]
fn problems_pass_and_nginx_adds_its_own_in_the_same_shape() {
    let road = Road::new("test-shell", "");
    assert_problem(&road.put("deny", &[]), 403, "denied");
    assert_problem(&road.put("error", &[]), 500, "internal-error");
    assert_problem(&road.put("slower", &[]), 429, "too-many-requests");
    assert_problem(&road.put("a-b", &[]), 404, "invalid-client-id");
    assert_eq!(road.put("later", &[]).status, 202);
    assert_eq!(road.put("%63lient1", &[]).status, 200);
    let reply = road.put("login", &[]);
    assert_problem(&reply, 401, "unauthenticated");
    assert!(reply.header("www-authenticate").is_some());
    let reply = road.nginx.curl("/api/csr/client1", &[]);
    assert_problem(&reply, 405, "method-not-allowed");
    assert_eq!(reply.header("allow"), Some("PUT"));

    fs::write(road.path("large"), vec![b'x'; 100_000]).unwrap();
    let large = road.path("large").display().to_string();
    let reply = road
        .nginx
        .curl("/api/csr/client1", &["--upload-file", &large]);
    assert_problem(&reply, 413, "body-too-large");
    let broken = "PUT /api/csr/client1 HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n";
    assert_eq!(road.nginx.raw(broken.as_bytes()).status, 400);
}

#[test]
fn a_restart_behind_nginx_is_503_in_between_and_then_works() {
    let mut road = Road::new("test-shell", "");
    road.enrol("client1");
    assert_eq!(road.shell.take().unwrap().end().code, Some(0));
    let reply = road.put("client1", &[]);
    assert_problem(&reply, 503, "unavailable");
    assert!(reply.header("retry-after").is_some());
    road.start("test-shell");
    road.enrol("client1");
}
