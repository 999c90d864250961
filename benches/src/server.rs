//! The measured servers: the bench shell, nginx in front of it, `cfssl serve`. Dropping one ends it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use openssl::pkey::{PKey, Private};
use rustix::process::{Pid, Signal, kill_process};
use sapi::testing::Authority;
use tempfile::TempDir;

use crate::material::write_identity;

/// A process that is asked to end when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// The time from its start until it served.
    pub ready: Duration,
    /// Where it listens: `unix:/path` or `address:port`.
    pub listen: String,
    _folder: Option<TempDir>,
}

/// The setup of a shell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setup {
    /// The milliseconds its hook sleeps.
    pub nap: u64,
    /// Hooks that abstain.
    pub hooks: u64,
    /// Neither audit log nor metrics' listener.
    pub silent: bool,
}

impl Server {
    /// The bench shell on a unix socket, with everything on: its log goes to a file.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn shell(authority: &Authority, setup: Setup) -> Self {
        let folder = TempDir::with_prefix("sapi-bench-").unwrap();
        write_identity(authority, folder.path());
        Self::shell_in(folder, setup)
    }

    /// The same on an existing identity, with its passphrase in the file `passphrase`.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn shell_in(folder: TempDir, setup: Setup) -> Self {
        // nginx's workers run as another user and must be able to enter.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let here = folder.path().display().to_string();
        let listen = write_settings(folder.path(), setup);
        let log = folder.path().join("log.json");
        let begun = Instant::now();
        let child = Command::new(std::env::current_exe().unwrap())
            .env("BENCH_SHELL", "1")
            .args(["serve", "--config", &format!("{here}/sapi.toml")])
            .args(["--passphrase-file", &format!("{here}/passphrase")])
            .env(
                "BENCH_NAP",
                if setup.nap > 0 {
                    setup.nap.to_string()
                } else {
                    String::new()
                },
            )
            .env("BENCH_HOOKS", setup.hooks.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut server = Self {
            child,
            ready: Duration::ZERO,
            listen,
            _folder: Some(folder),
        };
        server.wait(|| {
            let file = fs::File::open(&log).ok()?;
            BufReader::new(file)
                .lines()
                .map_while(Result::ok)
                .find(|line| line.contains("sapi serves"))
        });
        server.ready = begun.elapsed();
        server
    }

    /// nginx on free loopback ports, without TLS, in front of the shells in their order. Returns the
    /// first port; the others follow it.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn nginx(shells: &[&Server]) -> (Self, Vec<String>) {
        let folder = TempDir::with_prefix("sapi-bench-nginx-").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let here = folder.path().display().to_string();
        let ports: Vec<String> = shells.iter().map(|_| free_address()).collect();
        let sites: String = shells
            .iter()
            .zip(&ports)
            .enumerate()
            .map(|(number, (shell, address))| site(number, &shell.listen, address))
            .collect();
        let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};\n"))
            .concat();
        let user = if rustix::process::geteuid().is_root() {
            "user root;\n"
        } else {
            ""
        };
        let main = format!(
            "{user}daemon off; master_process off; pid {here}/nginx.pid; error_log {here}/error.log;\n\
             events {{ worker_connections 4096; }}\n\
             http {{ access_log off; keepalive_requests 1000000;\n{paths}{sites}}}\n"
        );
        let configuration = folder.path().join("nginx.conf");
        fs::write(&configuration, main).unwrap();
        let path = format!(
            "{}:/usr/sbin:/sbin",
            std::env::var("PATH").unwrap_or_default()
        );
        let child = Command::new("nginx")
            .env("PATH", path)
            .args(["-p", &here, "-e", &format!("{here}/error.log"), "-c"])
            .arg(&configuration)
            .stdin(Stdio::null())
            .spawn()
            .expect("nginx is not installed");
        let listen = ports[0].clone();
        let mut server = Self {
            child,
            ready: Duration::ZERO,
            listen,
            _folder: Some(folder),
        };
        server.wait(|| {
            ports
                .iter()
                .all(|port| TcpStream::connect(port).is_ok())
                .then_some(())
        });
        (server, ports)
    }

    /// `cfssl serve` with the same CA. `None` if it is not installed.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn cfssl(authority: &Authority) -> Option<Self> {
        let folder = TempDir::with_prefix("sapi-bench-cfssl-").unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let usages = r#"["digital signature", "server auth", "client auth"]"#;
        let policy =
            format!(r#"{{"signing": {{"default": {{"usages": {usages}, "expiry": "720h"}}}}}}"#);
        fs::write(file("policy.json"), policy).unwrap();
        fs::write(file("ca.pem"), authority.pem()).unwrap();
        // It reads PKCS#1 and SEC1.
        fs::write(file("ca.key"), traditional(authority.key().private_key())).unwrap();
        let listen = free_address();
        let (address, port) = listen.split_once(':')?;
        let child = Command::new("cfssl")
            .args([
                "serve",
                "-address",
                address,
                "-port",
                port,
                "-loglevel",
                "5",
            ])
            .args([
                "-ca",
                &file("ca.pem"),
                "-ca-key",
                &file("ca.key"),
                "-config",
                &file("policy.json"),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut server = Self {
            child,
            ready: Duration::ZERO,
            listen: listen.clone(),
            _folder: Some(folder),
        };
        server.wait(|| TcpStream::connect(&listen).ok());
        Some(server)
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn wait<T>(&mut self, mut serves: impl FnMut() -> Option<T>) {
        let begun = Instant::now();
        while serves().is_none() {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "a server has ended: {ended:?}");
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "a server does not start"
            );
            sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(id) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _gone = kill_process(id, Signal::KILL);
        }
        let _status = self.child.wait();
    }
}

/// Writes the settings of a shell in this folder. Returns the address where it will listen.
///
/// # Panics
/// When the folder cannot be written to.
#[must_use]
pub fn write_settings(folder: &Path, setup: Setup) -> String {
    let here = folder.display().to_string();
    let listen = format!("unix:{here}/sapi.sock");
    let operator = if setup.silent {
        String::new()
    } else {
        format!("[operator]\nlisten = \"unix:{here}/operator.sock\"\n")
    };
    let filter = if setup.silent {
        "info,sapi::audit=off"
    } else {
        "info"
    };
    let settings = format!(
        "ca_path = {here:?}\nallow_root = true\nlisten = {listen:?}\n[socket]\nmode = \"0666\"\n\
         [http]\nmax_in_flight = 4096\n[signing]\nself_test_interval = \"1h\"\n[log]\nformat = \"json\"\nfilter = {filter:?}\n{operator}"
    );
    fs::write(folder.join("sapi.toml"), settings).unwrap();
    listen
}

fn free_address() -> String {
    let probe = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    probe.local_addr().unwrap().to_string()
}

/// As in deploy/nginx/sapi.conf, without TLS and without limits.
fn site(number: usize, upstream: &str, address: &str) -> String {
    format!(
        "upstream sapi{number} {{ server {upstream}; keepalive 64; keepalive_requests 1000000; }}\n\
         server {{ listen {address}; location ^~ /api/csr/ {{ proxy_pass http://sapi{number};\n\
         proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $host;\n\
         proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Request-ID $request_id; }} }}\n"
    )
}

fn traditional(key: &PKey<Private>) -> Vec<u8> {
    match (key.rsa(), key.ec_key()) {
        (Ok(key), _) => key.private_key_to_pem().unwrap(),
        (_, Ok(key)) => key.private_key_to_pem().unwrap(),
        _ => key.private_key_to_pem_pkcs8().unwrap(),
    }
}
