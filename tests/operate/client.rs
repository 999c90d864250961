//! A client fast enough to keep a server busy: it writes HTTP by hand on a unix socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// A connection.
pub(super) struct Client {
    stream: BufReader<UnixStream>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) json: Value,
    /// Whether the server will close the connection now.
    pub(super) last: bool,
}

impl Client {
    pub(super) fn connect(socket: &Path) -> std::io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let stream = BufReader::new(stream);
        Ok(Self { stream })
    }

    /// One request; the connection stays open.
    pub(super) fn put(&mut self, client: &str, body: &str) -> std::io::Result<Answer> {
        self.send(client, body, "keep-alive")?;
        self.answer()
    }

    /// One request on a connection of its own.
    pub(super) fn put_once(socket: &Path, client: &str, body: &str) -> std::io::Result<Answer> {
        let mut once = Self::connect(socket)?;
        once.send(client, body, "close")?;
        once.answer()
    }

    pub(super) fn send(&mut self, client: &str, body: &str, stay: &str) -> std::io::Result<()> {
        let length = body.len();
        let head = format!(
            "PUT /api/csr/{client} HTTP/1.1\r\nHost: x\r\nConnection: {stay}\r\nContent-Length: {length}\r\n\r\n"
        );
        self.stream.get_mut().write_all((head + body).as_bytes())
    }

    pub(super) fn answer(&mut self) -> std::io::Result<Answer> {
        let cut = || std::io::Error::other("the connection ended without an answer");
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).ok_or_else(cut)?.parse().unwrap();
        let (mut length, mut last) = (0, false);
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(cut());
            }
            let field = line.trim_end().to_ascii_lowercase();
            match field.split_once(": ") {
                None => break,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("connection", value)) => last = value == "close",
                Some(_) => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answer {
            status,
            json: serde_json::from_slice(&body).unwrap_or(Value::Null),
            last,
        })
    }
}
