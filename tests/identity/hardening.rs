//! What other processes can see of one that has a secret.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sapi_tests::tool::{binary, finish};
use tempfile::TempDir;

use super::{chmod, load_with};

/// A tool waiting for its passphrase, started by a user without privileges where possible: what
/// belongs to root belongs to root, whether dumpable or not.
struct Waiting {
    child: Child,
    folder: TempDir,
}

impl Waiting {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (tool, ca) = (
            folder.path().join("ca_create_identity"),
            folder.path().join("ca"),
        );
        fs::copy(binary("ca_create_identity"), &tool).unwrap();
        fs::create_dir(&ca).unwrap();
        chmod(folder.path(), 0o755);
        let mut command = if is_root() {
            chown(&ca, Some(NOBODY), Some(NOBODY)).unwrap();
            let mut command = Command::new("setpriv");
            let nobody = NOBODY.to_string();
            command
                .args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups"])
                .arg(&tool);
            command
        } else {
            Command::new(&tool)
        };
        command
            .args(["-f", "CN", "two words", "--ca-path"])
            .arg(&ca)
            .args(arguments)
            .env("CA_PASSPHRASE", SECRET)
            .env("SAPI_TEST_OTHER", "kept");
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child, folder }
    }

    fn proc(&self, name: &str) -> PathBuf {
        Path::new("/proc")
            .join(self.child.id().to_string())
            .join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.proc(name)).unwrap_or_default()
    }

    /// Waits until the tool waits for its passphrase.
    fn settle(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let status = String::from_utf8_lossy(&self.read("status")).into_owned();
            let sleeps = status.contains("State:\tS");
            if sleeps && self.read("comm").starts_with(b"ca_create_ident") {
                thread::sleep(Duration::from_millis(200));
                return;
            }
            assert!(Instant::now() < deadline, "{status}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len())
        .any(|window| window == part.as_bytes())
}

const NOBODY: u32 = 65_534;
const SECRET: &str = "moon-harvest-secret";

#[test]
fn waiting_process_shows_no_passphrase_and_cannot_be_dumped() {
    let mut waiting = Waiting::start(&["--passphrase-fd", "0"]);
    waiting.settle();

    let limits = String::from_utf8_lossy(&waiting.read("limits")).into_owned();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let words: Vec<_> = core.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core}");

    // The files in /proc of an undumpable process belong to root, whoever runs it.
    let status = String::from_utf8_lossy(&waiting.read("status")).into_owned();
    if is_root() {
        assert!(status.contains(&format!("Uid:\t{NOBODY}")), "{status}");
    }
    assert_eq!(fs::metadata(waiting.proc("environ")).unwrap().uid(), 0);
    assert_eq!(fs::metadata(waiting.proc("mem")).unwrap().uid(), 0);

    let command_line = waiting.read("cmdline");
    assert!(contains(
        &command_line,
        "ca_create_identity\0-f\0CN\0two words\0"
    ));
    assert!(!contains(&command_line, SECRET));
    if is_root() {
        let environment = waiting.read("environ");
        assert!(contains(&environment, "SAPI_TEST_OTHER=kept"));
        assert!(!contains(&environment, "CA_PASSPHRASE="));
        assert!(!contains(&environment, SECRET));
    } else {
        fs::read(waiting.proc("environ")).unwrap_err();
    }

    waiting
        .child
        .stdin
        .take()
        .unwrap()
        .write_all(b"other\n")
        .unwrap();
    finish(waiting.child).expect(0);
    let ca = waiting.folder.path().join("ca");
    if !is_root() {
        return;
    }
    load_with(&ca, "other").unwrap();
}

#[test]
fn passphrase_arrives_all_the_same() {
    let waiting = Waiting::start(&[]);
    finish(waiting.child).expect(0);
    load_with(&waiting.folder.path().join("ca"), SECRET).unwrap();
}
