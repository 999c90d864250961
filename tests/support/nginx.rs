//! A real nginx on loopback with `deploy/nginx/sapi.conf`, moved into a temporary folder.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use openssl::ssl::{SslConnector, SslMethod, SslStream};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::curl::{self, Reply};
use crate::program::program;
use crate::running::Running;
use crate::tls::Authority;

/// The shipped site file, and the edits that a test makes in it.
#[derive(Debug)]
pub struct Site {
    text: String,
}

/// A running nginx, ended when dropped.
#[derive(Debug)]
pub struct Nginx {
    child: Running,
    port: u16,
    authority: PathBuf,
    folder: TempDir,
}

impl Site {
    /// The site in front of the socket `upstream`, believing client certificates of `client_ca`.
    /// The limits per client address are lifted, as every test comes from the same one.
    #[must_use]
    pub fn new(upstream: &Path, client_ca: &Path) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/nginx/sapi.conf");
        let text = fs::read_to_string(&path).expect("deploy/nginx/sapi.conf");
        Self { text }
            .edit("/run/sapi/sapi.sock", &upstream.display().to_string())
            .edit("/var/lib/ca/ca.cert.pem", &client_ca.display().to_string())
            .edit("rate=10r/s;", "rate=10000r/s;")
            .edit("limit_conn sapi_open 100;", "limit_conn sapi_open 10000;")
    }

    /// Replaces a text that must be in the file.
    ///
    /// # Panics
    /// When the text is not there: then the test would not test what it says.
    #[must_use]
    pub fn edit(mut self, from: &str, to: &str) -> Self {
        assert!(self.text.contains(from), "sapi.conf has no {from:?}");
        self.text = self.text.replace(from, to);
        self
    }

    /// Starts nginx with it and waits until it answers.
    ///
    /// # Panics
    /// When nginx is missing or refuses the configuration.
    #[must_use]
    pub fn start(self) -> Nginx {
        let folder = TempDir::with_prefix("sapi-nginx-").unwrap();
        // The workers run as another user than the master and must be able to pass.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let server_ca = Authority::new("throw-away authority of the test's nginx");
        let authority = server_ca.write_certificate(folder.path(), "server-ca");
        let pair = server_ca.server(folder.path());
        let here = folder.path().display().to_string();
        let site = self
            .edit("    listen [::]:443 ssl;\n", "")
            .edit(
                "/etc/sapi/tls/server.cert.pem",
                &pair.certificate.display().to_string(),
            )
            .edit(
                "/etc/sapi/tls/server.private_key.pem",
                &pair.key.display().to_string(),
            )
            .edit("/var/log/nginx/", &format!("{here}/"));
        fs::write(folder.path().join("nginx.conf"), main_file(&here)).unwrap();

        // Another process may take the free port before nginx does: then once more with another.
        for _ in 0..5 {
            let port = free_port();
            let text = site
                .text
                .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port} ssl;"));
            fs::write(folder.path().join("sapi.conf"), text).unwrap();
            if let Some(child) = spawn(folder.path(), port) {
                return Nginx {
                    child,
                    port,
                    authority,
                    folder,
                };
            }
        }
        let log = fs::read_to_string(folder.path().join("error.log")).unwrap_or_default();
        panic!("nginx did not start: {log}");
    }
}

impl Nginx {
    /// The address of a path, `https://127.0.0.1:<port>` before it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate file by which clients recognise this server.
    #[must_use]
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// `curl` with these arguments on that path.
    #[must_use]
    pub fn curl(&self, path: &str, arguments: &[&str]) -> Reply {
        curl::run(
            curl::command(&self.authority)
                .args(arguments)
                .arg(self.url(path)),
        )
    }

    /// A TLS connection, for requests that `curl` is too polite to send.
    #[must_use]
    pub fn connect(&self) -> SslStream<TcpStream> {
        let mut connector = SslConnector::builder(SslMethod::tls_client()).unwrap();
        connector.set_ca_file(&self.authority).unwrap();
        let tcp = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        tcp.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        connector.build().connect("localhost", tcp).unwrap()
    }

    /// Sends these bytes over TLS and reads until nginx closes: send `Connection: close`, or garbage.
    #[must_use]
    pub fn raw(&self, bytes: &[u8]) -> Reply {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        // nginx may cut the connection after an answer that ends a broken request.
        let _cut = stream.read_to_end(&mut answer);
        Reply::parse(&answer)
    }

    /// The folder with its files, for tests that take something away from it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the site has logged: one JSON object per line.
    #[must_use]
    pub fn access_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("sapi.access.log")).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked to end, it ends its workers too.
        self.child.signal(Signal::TERM);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            sleep(Duration::from_millis(5));
        }
    }
}

/// Who the workers run as, when the tests run as root: Debian's user for it, if there is one.
#[must_use]
pub fn worker_user() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let known = users.lines().any(|line| line.starts_with("www-data:"));
    Some(if known { "www-data" } else { "root" })
}

fn main_file(here: &str) -> String {
    let mut text = String::new();
    if let Some(user) = worker_user() {
        writeln!(text, "user {user};").unwrap();
    }
    writeln!(
        text,
        "daemon off; worker_processes 1; pid {here}/nginx.pid;"
    )
    .unwrap();
    writeln!(text, "error_log {here}/error.log notice;").unwrap();
    writeln!(text, "events {{ worker_connections 4096; }}\nhttp {{").unwrap();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        writeln!(text, "    {kind}_temp_path {here}/{kind};").unwrap();
    }
    writeln!(text, "    include {here}/sapi.conf;\n}}").unwrap();
    text
}

fn free_port() -> u16 {
    let probe = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    probe.local_addr().unwrap().port()
}

/// The running master once the port answers; nothing if it ended before.
fn spawn(folder: &Path, port: u16) -> Option<Running> {
    let mut command = program("nginx");
    command.arg("-p").arg(folder);
    command.arg("-c").arg(folder.join("nginx.conf"));
    command.arg("-e").arg(folder.join("error.log"));
    let mut child = Running::start(command.stdin(Stdio::null()));
    let begun = Instant::now();
    loop {
        // Its own end is asked for first: the port may be answered by whoever took it.
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        if folder.join("nginx.pid").exists() && TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(child);
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "nginx does not answer on port {port}"
        );
        sleep(Duration::from_millis(10));
    }
}
