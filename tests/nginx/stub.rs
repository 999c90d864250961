//! A stand-in for sapi: a tiny HTTP server on a unix socket that reports what reached it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// What the stub does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// Answers 200 with what it received, as JSON.
    Echo,
    /// Answers 422 with a problem of its own.
    Refuse,
    /// Never answers.
    Silent,
    /// Closes the connection without an answer at the first request, then echoes.
    CutFirst,
}

/// The stub. Its threads end with the test's process.
#[derive(Debug)]
pub(super) struct Stub {
    requests: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Stub {
    pub(super) fn start(socket: &Path, behaviour: Behaviour) -> Self {
        let listener = UnixListener::bind(socket).unwrap();
        // nginx's workers run as another user, and connecting needs the right to write.
        fs::set_permissions(socket, fs::Permissions::from_mode(0o666)).unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let connections = Arc::new(AtomicUsize::new(0));
        let (counter, accepted) = (Arc::clone(&requests), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                accepted.fetch_add(1, Ordering::SeqCst);
                let counter = Arc::clone(&counter);
                // An error here means that nginx hung up.
                thread::spawn(move || serve(stream, behaviour, &counter).ok());
            }
        });
        Self {
            requests,
            connections,
        }
    }

    /// How many connections nginx has made to it.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many requests have reached it in full.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn serve(stream: UnixStream, behaviour: Behaviour, counter: &AtomicUsize) -> std::io::Result<()> {
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader)? {
        let earlier = counter.fetch_add(1, Ordering::SeqCst);
        match behaviour {
            Behaviour::CutFirst if earlier == 0 => return Ok(()),
            Behaviour::Echo | Behaviour::CutFirst => {
                answer(&mut writer, "200 OK", "application/json", &request)?;
            }
            Behaviour::Refuse => {
                let problem = json!({"type": "urn:sapi:problem:weak-key"});
                answer(
                    &mut writer,
                    "422 Unprocessable Content",
                    "application/problem+json",
                    &problem,
                )?;
            }
            Behaviour::Silent => thread::sleep(Duration::from_secs(60)),
        }
    }
    Ok(())
}

/// One request as JSON; nothing when nginx closed the connection.
fn read(reader: &mut impl BufRead) -> std::io::Result<Option<Value>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let first: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let mut headers = serde_json::Map::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        let earlier = headers.insert(name.to_ascii_lowercase(), json!(value.trim()));
        assert!(earlier.is_none(), "nginx sent {name} twice");
    }
    let length = headers
        .get("content-length")
        .and_then(Value::as_str)
        .unwrap_or("0");
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body)?;
    Ok(Some(json!({
        "method": first[0],
        "target": first[1],
        "version": first[2],
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    })))
}

fn answer(writer: &mut UnixStream, status: &str, kind: &str, json: &Value) -> std::io::Result<()> {
    let body = json.to_string();
    let length = body.len();
    write!(
        writer,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}
