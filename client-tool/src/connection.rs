//! One exchange over one connection: TLS, loopback TCP or a unix socket.

use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use openssl::ssl::{
    HandshakeError, Ssl, SslContext, SslMethod, SslStream, SslVerifyMode, SslVersion,
};
use openssl::x509::verify::X509CheckFlags;
use openssl::x509::{X509, X509VerifyResult};

use crate::address::{Address, Way};
use crate::anchors::store;
use crate::credential::Credential;
use crate::response::{MAX_BODY, MAX_HEAD, Malformed, Response};
use crate::server_error::ServerError;
use crate::time::seconds;

/// What a TLS handshake needs.
pub(crate) struct Tls<'a> {
    pub(crate) roots: &'a [X509],
    /// Shown to a server that asks for a certificate.
    pub(crate) shown: Option<&'a Credential>,
    pub(crate) now: std::time::SystemTime,
}

/// Sends a request and reads its answer. One time limit applies to all of it.
pub(crate) fn exchange(
    address: &Address,
    tls: &Tls<'_>,
    request: &[u8],
    patience: Duration,
) -> Result<Response, ServerError> {
    let deadline = Instant::now() + patience;
    let mut stream = open(&address.way, tls, deadline)?;
    stream.write_all(request, deadline)?;
    let mut bytes = Vec::new();
    let mut piece = vec![0; 16 * 1024];
    loop {
        let length = stream.read(&mut piece, deadline)?;
        bytes.extend_from_slice(piece.get(..length).unwrap_or_default());
        if let Some(response) = Response::read(&bytes)? {
            return Ok(response);
        }
        if length == 0 {
            return Err(ServerError::unreachable(
                "the connection ended before the answer did",
            ));
        }
        // A chunk of one octet takes six on the wire. Do not wait for a server that sends such chunks.
        if bytes.len() > MAX_HEAD + 2 * MAX_BODY {
            return Err(Malformed("it is too large").into());
        }
    }
}

fn open(way: &Way, tls: &Tls<'_>, deadline: Instant) -> Result<Stream, ServerError> {
    match way {
        Way::Unix { socket } => UnixStream::connect(socket)
            .map(Stream::Unix)
            .map_err(|error| ServerError::unreachable(format!("{socket}: {error}"))),
        Way::Loopback { host, port } => {
            tcp(host, *port, deadline, IpAddr::is_loopback).map(Stream::Tcp)
        }
        Way::Tls { host, port } => {
            let tcp = tcp(host, *port, deadline, |_| true)?;
            set_limits(&tcp, deadline).map_err(ServerError::unreachable)?;
            handshake(host, tcp, tls).map(Stream::Tls)
        }
    }
}

/// Tries the addresses of a host one after the other.
fn tcp(
    host: &str,
    port: u16,
    deadline: Instant,
    allowed: impl Fn(&IpAddr) -> bool,
) -> Result<TcpStream, ServerError> {
    let failed = |error: io::Error| ServerError::unreachable(format!("{host}: {error}"));
    let mut last = io::Error::new(io::ErrorKind::NotFound, "it has no address");
    for address in (host, port).to_socket_addrs().map_err(failed)? {
        if !allowed(&address.ip()) {
            continue;
        }
        match TcpStream::connect_timeout(&address, left(deadline).map_err(failed)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}

fn handshake(
    host: &str,
    tcp: TcpStream,
    tls: &Tls<'_>,
) -> Result<SslStream<TcpStream>, ServerError> {
    match prepared(host, tls)?.connect(tcp) {
        Ok(stream) => Ok(stream),
        Err(HandshakeError::Failure(failed)) => {
            let verdict = failed.ssl().verify_result();
            if verdict == X509VerifyResult::OK {
                return Err(ServerError::unreachable(format!(
                    "TLS with {host}: {}",
                    failed.error()
                )));
            }
            Err(ServerError::Untrusted {
                why: format!("{host}: {}", verdict.error_string()),
            })
        }
        Err(HandshakeError::SetupFailure(error)) => Err(error.into()),
        Err(HandshakeError::WouldBlock(_)) => Err(ServerError::unreachable(format!(
            "TLS with {host}: {TOO_SLOW}"
        ))),
    }
}

/// Starts from a bare context, as [`openssl::ssl::SslConnector`] would read the system's certificates from
/// the disk. Nothing can turn verification off.
fn prepared(host: &str, tls: &Tls<'_>) -> Result<Ssl, ServerError> {
    let mut context = SslContext::builder(SslMethod::tls_client())?;
    context.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    context.set_verify(SslVerifyMode::PEER);
    context.set_cert_store(store(tls.roots)?);
    if let Some(shown) = tls.shown {
        context.set_certificate(shown.certificate())?;
        context.set_private_key(shown.key())?;
        for certificate in shown.chain() {
            context.add_extra_chain_cert(certificate.clone())?;
        }
    }
    let mut ssl = Ssl::new(&context.build())?;
    let param = ssl.param_mut();
    param.set_time(seconds(tls.now).try_into().unwrap_or_default());
    param.set_hostflags(X509CheckFlags::NO_PARTIAL_WILDCARDS);
    match host.parse::<IpAddr>() {
        Ok(address) => param.set_ip(address)?,
        Err(_) => {
            param.set_host(host)?;
            ssl.set_hostname(host)?;
        }
    }
    Ok(ssl)
}

enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
    Tls(SslStream<TcpStream>),
}

impl Stream {
    fn write_all(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), ServerError> {
        self.limit(deadline)?;
        let written = match self {
            Self::Unix(stream) => stream.write_all(bytes),
            Self::Tcp(stream) => stream.write_all(bytes),
            Self::Tls(stream) => stream.write_all(bytes),
        };
        // A server may answer and close before it has read everything. Read its answer then.
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(broken(&error)),
            _ => Ok(()),
        }
    }

    fn read(&mut self, piece: &mut [u8], deadline: Instant) -> Result<usize, ServerError> {
        loop {
            self.limit(deadline)?;
            let read = match self {
                Self::Unix(stream) => stream.read(piece),
                Self::Tcp(stream) => stream.read(piece),
                Self::Tls(stream) => stream.read(piece),
            };
            match read {
                // A signal interrupts a read that has a time limit. Read again.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read.map_err(|error| broken(&error)),
            }
        }
    }

    fn limit(&self, deadline: Instant) -> Result<(), ServerError> {
        let limited = match self {
            Self::Unix(stream) => left(deadline).and_then(|left| {
                stream.set_read_timeout(Some(left))?;
                stream.set_write_timeout(Some(left))
            }),
            Self::Tcp(stream) => set_limits(stream, deadline),
            Self::Tls(stream) => set_limits(stream.get_ref(), deadline),
        };
        limited.map_err(|error| broken(&error))
    }
}

fn set_limits(stream: &TcpStream, deadline: Instant) -> io::Result<()> {
    let left = left(deadline)?;
    stream.set_read_timeout(Some(left))?;
    stream.set_write_timeout(Some(left))
}

/// The time left. Zero is an error, as a socket takes zero for "no limit".
fn left(deadline: Instant) -> io::Result<Duration> {
    match deadline.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::Error::new(io::ErrorKind::TimedOut, TOO_SLOW)),
        left => Ok(left),
    }
}

fn broken(error: &io::Error) -> ServerError {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => ServerError::unreachable(TOO_SLOW),
        _ => ServerError::unreachable(format!("the connection broke: {error}")),
    }
}

const TOO_SLOW: &str = "no answer in time";
