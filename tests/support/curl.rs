//! `curl` as a client, and what it got.

use std::path::Path;
use std::process::Command;

use crate::program::program;
use serde_json::Value;

/// An HTTP answer as `curl` saw it.
#[derive(Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// Reads an answer from the bytes of a connection (the last one, after any `100 Continue`).
    ///
    /// # Panics
    /// When there is no HTTP answer in them.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let end = find(bytes, b"\r\n\r\n")
            .unwrap_or_else(|| panic!("no HTTP answer: {:?}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let body = bytes[end + 4..].to_vec();
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap_or_default();
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status line: {first:?}"));
        if status == 100 || head.ends_with("Connection established") {
            return Self::parse(&body);
        }
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Self {
            status,
            headers,
            body,
        }
    }

    /// The value of a header that must not come twice; its name in lower case.
    ///
    /// # Panics
    /// When the header is there more than once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(key, _)| key == name);
        let first = values.next().map(|(_, value)| value.as_str());
        assert!(
            values.next().is_none(),
            "{name} comes twice: {:?}",
            self.headers
        );
        first
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }
}

/// `curl`, told to trust `authority` alone, to leave the path as it is and to print head and body.
#[must_use]
pub fn command(authority: &Path) -> Command {
    let mut command = program("curl");
    command.args(["--silent", "--show-error", "--include", "--path-as-is"]);
    command.args(["--noproxy", "*", "--max-time", "60", "--cacert"]);
    command.arg(authority);
    command
}

/// Runs a `curl` made by [`command`] and reads its answer.
///
/// # Panics
/// When `curl` fails, as it does without an answer.
#[must_use]
pub fn run(command: &mut Command) -> Reply {
    let output = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "curl: {} {complaint}",
        output.status
    );
    Reply::parse(&output.stdout)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
