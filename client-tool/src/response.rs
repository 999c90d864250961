//! An HTTP answer, read from the bytes of a connection.

use std::fmt;

use httparse::{EMPTY_HEADER, Header, Status, parse_chunk_size, parse_headers};

/// The parts of an answer that the client uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// In seconds. A date is ignored: the service sends seconds.
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Reads an answer; `None` while it is incomplete. A length or chunks must mark its end (RFC 9112
    /// section 6): an answer that ends with the connection may have been cut.
    pub(crate) fn read(mut bytes: &[u8]) -> Result<Option<Self>, Malformed> {
        for _ in 0..MAX_INTERIM {
            let mut headers = [EMPTY_HEADER; MAX_HEADERS];
            let mut head = httparse::Response::new(&mut headers);
            let length = match head.parse(bytes) {
                Ok(Status::Complete(length)) => length,
                Ok(Status::Partial) if bytes.len() > MAX_HEAD => {
                    return Err(Malformed("its head is too long"));
                }
                Ok(Status::Partial) => return Ok(None),
                Err(_) => return Err(Malformed("its head is not HTTP")),
            };
            bytes = bytes.get(length..).unwrap_or_default();
            let status = head.code.unwrap_or_default();
            if (100..200).contains(&status) {
                continue;
            }
            let body = match framing(status, head.headers)? {
                Framing::Length(length) => bytes.get(..length).map(<[u8]>::to_vec),
                Framing::Chunked => chunks(bytes)?,
            };
            let retry_after = value(head.headers, "retry-after").and_then(number);
            return Ok(body.map(|body| Self {
                status,
                retry_after,
                body,
            }));
        }
        Err(Malformed("it has too many interim responses"))
    }
}

/// What marks the end of a body.
enum Framing {
    Length(usize),
    Chunked,
}

fn framing(status: u16, headers: &[Header<'_>]) -> Result<Framing, Malformed> {
    if status == 204 || status == 304 {
        return Ok(Framing::Length(0));
    }
    let encoding = value(headers, "transfer-encoding");
    let mut lengths = headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("content-length"))
        .map(|header| number(header.value));
    match (encoding, lengths.next(), lengths.next()) {
        (Some(encoding), None, _) if encoding.eq_ignore_ascii_case(b"chunked") => {
            Ok(Framing::Chunked)
        }
        (None, Some(Some(length)), None) => match usize::try_from(length) {
            Ok(length) if length <= MAX_BODY => Ok(Framing::Length(length)),
            _ => Err(TOO_LARGE),
        },
        _ => Err(Malformed("it does not say how long its body is")),
    }
}

fn chunks(mut rest: &[u8]) -> Result<Option<Vec<u8>>, Malformed> {
    let mut body = Vec::new();
    loop {
        let (begin, size) = match parse_chunk_size(rest) {
            Ok(Status::Complete(found)) => found,
            Ok(Status::Partial) => return Ok(None),
            Err(_) => return Err(Malformed("a chunk of its body has no size")),
        };
        rest = rest.get(begin..).unwrap_or_default();
        let size = usize::try_from(size).map_err(|_| TOO_LARGE)?;
        if size == 0 {
            return trailers(rest).map(|complete| complete.then_some(body));
        }
        if size > MAX_BODY || body.len() + size > MAX_BODY {
            return Err(TOO_LARGE);
        }
        match (rest.get(..size), rest.get(size..size + 2)) {
            (Some(chunk), Some(b"\r\n")) => body.extend_from_slice(chunk),
            (_, None) => return Ok(None),
            _ => return Err(Malformed("a chunk of its body has the wrong size")),
        }
        rest = rest.get(size + 2..).unwrap_or_default();
    }
}

/// Whether the trailers after the last chunk are complete. Their content is ignored.
fn trailers(rest: &[u8]) -> Result<bool, Malformed> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    match parse_headers(rest, &mut headers) {
        Ok(Status::Complete(_)) => Ok(true),
        Ok(Status::Partial) => Ok(false),
        Err(_) => Err(Malformed("its trailers are not HTTP")),
    }
}

fn value<'a>(headers: &[Header<'a>], name: &str) -> Option<&'a [u8]> {
    let found = headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case(name));
    found.map(|header| header.value)
}

fn number(value: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(value).ok()?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Why bytes are not an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A certificate with its chain takes a few kB; with post-quantum keys, some tens.
pub(crate) const MAX_BODY: usize = 256 * 1024;
pub(crate) const MAX_HEAD: usize = 32 * 1024;
const MAX_HEADERS: usize = 64;
/// The most interim responses (status 1xx) before the final one (RFC 9110 section 15.2).
const MAX_INTERIM: usize = 8;
const TOO_LARGE: Malformed = Malformed("its body is too large");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn by_length_and_by_chunks() {
        let by_length = "HTTP/1.1 202 Accepted\r\nRetry-After: 30\r\ncontent-length: 2\r\n\r\n{}";
        let by_chunks = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nretry-after: 30\r\n\
            Transfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\nA: b\r\n\r\n";
        for text in [by_length, by_chunks] {
            let read = Response::read(text.as_bytes()).unwrap().unwrap();
            assert_eq!((read.status, read.retry_after), (202, Some(30)));
            assert_eq!(read.body, b"{}");
            for end in 0..text.len() {
                assert_eq!(Response::read(&text.as_bytes()[..end]), Ok(None), "{end}");
            }
        }
    }

    #[test]
    fn what_is_not_strictly_http_is_refused() {
        let large = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            MAX_BODY + 1
        );
        let long = format!("HTTP/1.1 200 OK\r\nA: {}", "a".repeat(MAX_HEAD));
        let chunk = format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n",
            MAX_BODY + 1
        );
        for text in [
            "nonsense\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
            &large,
            &long,
            &chunk,
        ] {
            assert!(Response::read(text.as_bytes()).is_err(), "{text:.80}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            chunked in any::<bool>(),
        ) {
            let how = if chunked { "Transfer-Encoding: chunked" } else { "Content-Length: 5" };
            let mut text = format!("HTTP/1.1 200 OK\r\n{how}\r\n\r\n").into_bytes();
            let _ = Response::read(&bytes);
            text.extend_from_slice(&bytes);
            if let Ok(Some(response)) = Response::read(&text) {
                prop_assert!(response.body.len() <= bytes.len());
            }
        }
    }
}
