//! A shell binary that serves, and what it logs.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::curl::Reply;
use crate::running::Running;
use crate::stream::{Stream, read_to_close};
use crate::tls::Authority;
use crate::tool::{Outcome, binary, forget_variables, wait};

/// A folder with a CA, settings and a passphrase: all that a shell needs.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    /// The CA.
    pub authority: Authority,
}

/// A shell that serves, killed when dropped.
#[derive(Debug)]
pub struct Shell {
    child: Running,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    /// Where it listens, as it says itself: `unix:/path` or `http://127.0.0.1:port`.
    pub listen: String,
}

impl Place {
    /// With a CA of its own, for a unix socket in the same folder; `settings` are lines of TOML with
    /// dotted keys, which may say otherwise.
    #[must_use]
    pub fn new(settings: &str) -> Self {
        Self::of(
            Authority::new("throw-away authority of the shell"),
            settings,
        )
    }

    /// The same, of a certain CA.
    #[must_use]
    pub fn of(authority: Authority, settings: &str) -> Self {
        let folder = TempDir::with_prefix("sapi-shell-").unwrap();
        authority.write_identity(folder.path(), PASSPHRASE);
        let place = Self { folder, authority };
        place.settings(settings);
        place
    }

    /// Writes the settings anew.
    pub fn settings(&self, settings: &str) {
        let mut text = settings.to_owned();
        // Tests are run by root as well as by others.
        if !text.lines().any(|line| line.starts_with("allow_root")) {
            text.push_str("\nallow_root = true");
        }
        let workers = ["http.workers", "signing.threads"];
        for (key, value) in [
            ("ca_path", self.path().display().to_string()),
            ("listen", format!("unix:{}", self.socket().display())),
        ] {
            if !text.lines().any(|line| line.starts_with(key)) {
                text.push_str(&format!("\n{key} = {value:?}"));
            }
        }
        for key in workers {
            if !text.lines().any(|line| line.starts_with(key)) {
                text.push_str(&format!("\n{key} = 2"));
            }
        }
        fs::write(self.file("sapi.toml"), text).unwrap();
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The socket, unless the settings say otherwise.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.file("sapi.sock")
    }

    /// `<shell> <subcommand> --config <this place>` with the passphrase, in a session without terminal.
    #[must_use]
    pub fn command(&self, shell: &str, subcommand: &str) -> Command {
        let mut command = Command::new(binary(shell));
        forget_variables(&mut command);
        command
            .arg(subcommand)
            .arg("--config")
            .arg(self.file("sapi.toml"))
            .env("CA_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null());
        command
    }

    /// Starts the test shell and waits until it serves.
    #[must_use]
    pub fn start(&self) -> Shell {
        Shell::start(&mut self.command("test-shell", "serve"))
    }
}

impl Shell {
    /// Starts a command and waits until it says that it serves.
    ///
    /// # Panics
    /// When it ends instead.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut child = Running::start(command.stdout(Stdio::null()).stderr(Stdio::piped()));
        let log = Arc::new(Mutex::new(String::new()));
        let (stderr, shared) = (child.stderr.take().unwrap(), Arc::clone(&log));
        let reader = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = shared.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        let mut shell = Self {
            child,
            log,
            reader: Some(reader),
            listen: String::new(),
        };
        let line = shell.logs(|line| line.contains("sapi serves"));
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        shell.listen = json["listen"].as_str().unwrap().to_owned();
        shell
    }

    /// Waits for a line of the log, and returns it.
    ///
    /// # Panics
    /// When the shell ends without it, or a minute passes.
    #[track_caller]
    pub fn logs(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ended = self.child.try_wait().unwrap();
            if ended.is_some() {
                self.reader.take().map(JoinHandle::join);
            }
            if let Some(line) = self.log().lines().find(|line| wanted(line)) {
                return line.to_owned();
            }
            assert!(ended.is_none(), "ended: {ended:?}: {}", self.log());
            assert!(Instant::now() < deadline, "not in the log: {}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// All that was logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The log's lines about decisions, as JSON.
    #[must_use]
    pub fn audit(&self) -> Vec<serde_json::Value> {
        let log = self.log();
        let lines = log
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines
            .filter(|line: &serde_json::Value| line["target"] == "sapi::audit")
            .collect()
    }

    /// `curl` on a path with these arguments.
    #[must_use]
    pub fn curl(&self, path: &str, arguments: &[&str]) -> Reply {
        crate::curl::run(self.curl_command(path).args(arguments))
    }

    /// The same, not run yet.
    #[must_use]
    pub fn curl_command(&self, path: &str) -> Command {
        let mut command = crate::curl::command(Path::new("/dev/null"));
        if let Some(socket) = self.listen.strip_prefix("unix:") {
            command.args(["--unix-socket", socket]);
            command.arg(format!("http://localhost{path}"));
        } else {
            command.arg(format!("{}{path}", self.listen));
        }
        command
    }

    /// A connection without `curl`.
    #[must_use]
    pub fn connect(&self) -> Box<dyn Stream> {
        if let Some(socket) = self.listen.strip_prefix("unix:") {
            let stream = UnixStream::connect(socket).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            Box::new(stream)
        } else {
            let address = self.listen.strip_prefix("http://").unwrap();
            let stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            Box::new(stream)
        }
    }

    /// Sends these bytes, closes the way there, and reads what comes back.
    #[must_use]
    pub fn half(&self, bytes: &[u8]) -> Vec<u8> {
        let socket = self.listen.strip_prefix("unix:").unwrap();
        let mut stream = UnixStream::connect(socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        read_to_close(&mut stream)
    }

    /// Sends these bytes and reads until the server closes.
    #[must_use]
    pub fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // A server that has heard enough may close before the last byte.
        let _cut = stream.write_all(bytes);
        read_to_close(&mut *stream)
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.child.signal(signal);
    }

    /// Waits for its end.
    #[must_use]
    pub fn wait(mut self) -> Outcome {
        let code = wait(&mut self.child).code();
        self.reader.take().map(JoinHandle::join);
        Outcome {
            code,
            stdout: String::new(),
            stderr: self.log(),
        }
    }

    /// Asks it to end, and waits.
    #[must_use]
    pub fn end(self) -> Outcome {
        self.signal(Signal::TERM);
        self.wait()
    }
}

/// What unlocks the CA of every [`Place`].
pub const PASSPHRASE: &str = "hush-hush";
const PATIENCE: Duration = Duration::from_secs(60);
