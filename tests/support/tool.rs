//! The workspace's binaries, and commands in general: run to their end, within a time limit.

#![allow(
    clippy::must_use_candidate,
    reason = "an outcome is often looked at only to check it"
)]

use crate::program::{program, with_umask};
use crate::running::Running;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Once;
use std::thread;
use std::time::{Duration, Instant};

/// A binary of this workspace, built as the sources are now.
pub fn binary(name: &str) -> PathBuf {
    static BUILD: Once = Once::new();
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap().to_owned();
    // `cargo test` builds the binaries of the packages it tests only as tests.
    BUILD.call_once(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--workspace", "--bins"]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        build.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        assert!(build.status().unwrap().success(), "cargo build failed");
        name_the_tools(&profile);
    });
    match name.strip_prefix("ca_") {
        // Made by cargo itself.
        None | Some("create_identity" | "new_shell") => profile.join(name),
        Some(_) => profile.join(TOOLS).join(name),
    }
}

/// Makes the names of the tools, in a folder of their own beside the program `ca`.
fn name_the_tools(profile: &Path) {
    let folder = profile.join(TOOLS);
    std::fs::create_dir_all(&folder).unwrap();
    run(Command::new(profile.join("ca")).arg("links").arg(folder)).expect(0);
}

const TOOLS: &str = "ca-tools";

/// How a command ended.
#[derive(Debug)]
pub struct Outcome {
    /// Its exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl Outcome {
    /// Checks the exit code, and shows everything if it is another.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout: {}\nstderr: {}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Checks that standard error has all these parts.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(
                self.stderr.contains(part),
                "{part:?} is not in: {}",
                self.stderr
            );
        }
        self
    }
}

/// Runs a command that has no terminal and no inherited passphrase.
pub fn run(command: &mut Command) -> Outcome {
    command.stdin(Stdio::null());
    finish(Running::start(
        command.stdout(Stdio::piped()).stderr(Stdio::piped()),
    ))
}

/// Waits for a command started by hand, its output piped.
pub fn finish(child: impl Into<Running>) -> Outcome {
    let mut child = child.into();
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let code = wait(&mut child).code();
    Outcome {
        code,
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    }
}

/// A command that starts a program of this workspace in a session without a terminal, and without
/// the variables that the program looks at.
pub fn detached(tool: &Path) -> Command {
    let mut command = program("setsid");
    command.arg("--wait").arg(tool);
    forget_variables(&mut command);
    command
}

/// Takes away the variables that the programs of this workspace look at.
pub fn forget_variables(command: &mut Command) {
    for name in [
        "CA_PASSPHRASE",
        "SAPI_PASSPHRASE_FILE",
        "SAPI_PASSPHRASE_HANDOVER",
        "CREDENTIALS_DIRECTORY",
        "SAPI_CA_PATH",
        "SAPI_LISTEN",
        "SAPI_LOG",
    ] {
        command.env_remove(name);
    }
}

/// The `openssl` command; fails the test unless it succeeds.
#[track_caller]
pub fn openssl(directory: &Path, arguments: &[&str]) -> String {
    let mut command = program("openssl");
    // What it writes may become an identity, which nobody else may write.
    let outcome = run(&mut with_umask(
        "022",
        command.args(arguments).current_dir(directory),
    ));
    assert_eq!(
        outcome.code,
        Some(0),
        "openssl {arguments:?}: {}",
        outcome.stderr
    );
    outcome.stdout
}

/// Hanging is a failure too.
pub fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            panic!("the command hangs");
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).unwrap();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
