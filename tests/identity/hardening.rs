//! What other processes can see of one that has a secret.

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sapi_tests::running::Running;
use sapi_tests::tool::{binary, finish};
use sapi_tests::users::{NOBODY, as_root, as_user, is_root};
use tempfile::TempDir;

use super::load_with;

/// A tool that waits for its passphrase. It belongs to a user without privileges: what root starts belongs
/// to root, whether dumpable or not.
struct Waiting {
    child: Running,
    folder: TempDir,
}

impl Waiting {
    fn start(arguments: &[&str]) -> Self {
        Self::start_by(as_user, arguments)
    }

    fn start_by(user: impl Fn(&Command, &Path) -> Command, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca");
        fs::create_dir(&ca).unwrap();
        let mut command = Command::new(binary("ca_create_identity"));
        command
            .args(["-f", "CN", "two words", "--ca-path"])
            .arg(&ca)
            .args(arguments)
            .env("CA_PASSPHRASE", SECRET)
            .env("SAPI_TEST_OTHER", "kept");
        let mut command = user(&command, folder.path());
        command.stdin(Stdio::piped());
        let child = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
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

fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len())
        .any(|window| window == part.as_bytes())
}

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
    if !is_root() {
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
    load_with(&waiting.folder.path().join("ca"), "other").unwrap();
}

#[test]
fn not_even_root_finds_the_passphrase_in_the_environment() {
    let waiting = Waiting::start_by(|command, _| as_root(command), &["--passphrase-fd", "0"]);
    waiting.settle();
    let environment = waiting.read("environ");
    assert!(contains(&environment, "SAPI_TEST_OTHER=kept"));
    assert!(!contains(&environment, "CA_PASSPHRASE="));
    assert!(!contains(&environment, SECRET));
}

#[test]
fn passphrase_arrives_all_the_same() {
    let waiting = Waiting::start(&[]);
    finish(waiting.child).expect(0);
    load_with(&waiting.folder.path().join("ca"), SECRET).unwrap();
}
