//! Faults of the machine under a running shell: a log that cannot be written, descriptors that are gone.
//! Faults of signing, random numbers and the clock: `sapi/src/pipeline/tests.rs`. Of hooks: `road/guard.rs`.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sapi::testing::RequestBuilder;
use sapi_tests::curl::Reply;
use sapi_tests::program::{program, through};
use sapi_tests::running::Running;
use sapi_tests::shell::Place;

/// A shell with an unusual standard error.
struct Shell {
    child: Running,
    place: Place,
}

impl Shell {
    fn with_stderr(stderr: impl Into<Stdio>) -> Self {
        Self::started(stderr, None)
    }

    fn started(stderr: impl Into<Stdio>, descriptors: Option<usize>) -> Self {
        let place = Place::new("http.header_timeout = \"60s\"");
        let mut command = place.command("test-shell", "serve");
        if let Some(count) = descriptors {
            command = limited(&command, count);
        }
        let child = Running::start(command.stdout(Stdio::null()).stderr(stderr));
        let mut shell = Self { child, place };
        let begun = Instant::now();
        while UnixStream::connect(shell.place.socket()).is_err() {
            let ended = shell.child.try_wait().unwrap();
            assert!(
                ended.is_none() && begun.elapsed() < PATIENCE,
                "it does not serve: {ended:?}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        shell
    }

    fn connect(&self) -> UnixStream {
        let stream = UnixStream::connect(self.place.socket()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn put(&self, client: &str) -> u16 {
        let mut stream = self.connect();
        stream.write_all(&bytes(client)).unwrap();
        status(&mut stream)
    }
}

#[test]
fn a_full_disk_under_the_log_changes_no_answer() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut shell = Shell::with_stderr(full);
    for _ in 0..3 {
        assert_eq!(shell.put("web01"), 200);
        assert_eq!(shell.put("deny"), 403);
        assert_eq!(shell.put("panic"), 500);
    }
    assert!(shell.child.try_wait().unwrap().is_none(), "it has ended");
}

#[test]
fn a_broken_pipe_under_the_log_changes_no_answer() {
    let mut shell = Shell::with_stderr(Stdio::piped());
    drop(shell.child.stderr.take());
    for _ in 0..3 {
        assert_eq!(shell.put("web01"), 200);
        assert_eq!(shell.put("deny"), 403);
        assert_eq!(shell.put("panic"), 500);
    }
    assert!(shell.child.try_wait().unwrap().is_none(), "it has ended");
}

#[test]
fn without_descriptors_requests_wait_and_are_answered_then() {
    let shell = Shell::started(Stdio::null(), Some(DESCRIPTORS));
    assert_eq!(shell.put("web01"), 200);
    // Idle connections take all descriptors; the kernel queues the rest.
    let idle: Vec<_> = (0..DESCRIPTORS).map(|_| shell.connect()).collect();
    let mut waiting: Vec<_> = (0..8).map(|_| shell.connect()).collect();
    for stream in &mut waiting {
        stream.write_all(&bytes("web01")).unwrap();
    }
    let last = waiting.last_mut().unwrap();
    last.set_read_timeout(Some(Duration::from_millis(700)))
        .unwrap();
    assert!(
        last.read(&mut [0]).is_err(),
        "it was answered: the limit had no effect"
    );
    last.set_read_timeout(Some(PATIENCE)).unwrap();
    drop(idle);
    for mut stream in waiting {
        assert_eq!(status(&mut stream), 200, "one that waited");
    }
    assert_eq!(shell.put("web01"), 200);
}

/// As many descriptors as a start needs.
const DESCRIPTORS: usize = 64;

/// The same command with no more descriptors than this: `prlimit` of util-linux starts it.
fn limited(command: &Command, descriptors: usize) -> Command {
    let mut limited = program("prlimit");
    limited.arg(format!("--nofile={descriptors}:{descriptors}"));
    through(limited, command)
}

fn bytes(client: &str) -> Vec<u8> {
    let body = RequestBuilder::new().common_name("web01").build_pem();
    format!(
        "PUT /api/csr/{client} HTTP/1.1\r\nHost: ca\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn status(stream: &mut UnixStream) -> u16 {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    Reply::parse(&answer).status
}

const PATIENCE: Duration = Duration::from_secs(60);
