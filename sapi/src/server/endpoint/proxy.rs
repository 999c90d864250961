//! Who is asking: what a connection tells by itself, and what a trusted proxy adds in headers.

use std::any::Any;
use std::net::IpAddr;
use std::time::SystemTime;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use actix_web::rt::net::{TcpStream, UnixStream};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use openssl::x509::X509;
use percent_encoding::percent_decode;

use super::reply::REQUEST_ID;
use crate::request::{Peer, PeerCertificate, pem};
use crate::settings::checked::Proxy;

/// What the operating system says of a connection, noted when it was accepted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Connection {
    pub(crate) uid: Option<u32>,
    pub(crate) address: Option<IpAddr>,
}

impl Connection {
    /// Of a unix socket the user at its other end (SO_PEERCRED), of a TCP connection the address.
    pub(crate) fn of(stream: &dyn Any) -> Self {
        if let Some(stream) = stream.downcast_ref::<UnixStream>() {
            let credentials = stream.peer_cred().ok();
            return Self {
                uid: credentials.map(|credentials| credentials.uid()),
                address: None,
            };
        }
        let tcp = stream.downcast_ref::<TcpStream>();
        let address = tcp.and_then(|stream| stream.peer_addr().ok());
        Self {
            uid: None,
            // A socket for both kinds of address shows IPv4 as ::ffff:192.0.2.1.
            address: address.map(|address| address.ip().to_canonical()),
        }
    }

    fn is_trusted(self, proxy: &Proxy) -> bool {
        let known_user = self.uid.is_some_and(|uid| proxy.uids.contains(&uid));
        known_user || self.address.is_some_and(|address| is_proxy(address, proxy))
    }
}

/// The id of a request: a trusted proxy's, or a new one.
pub(crate) fn request_id(request: &HttpRequest, proxy: &Proxy) -> String {
    request_id_of(connection(request), request.headers(), proxy)
}

pub(crate) fn request_id_of(connection: Connection, headers: &HeaderMap, proxy: &Proxy) -> String {
    let given = believed(connection, headers, proxy).and_then(|h| single(h, REQUEST_ID));
    match given {
        Some(id) if is_request_id(id) => id.to_owned(),
        _ => uuid::Uuid::new_v4().to_string(),
    }
}

/// The peer: the client's address and certificate, not the proxy's.
pub(crate) fn peer(
    request: &HttpRequest,
    proxy: &Proxy,
    anchors: &[X509],
    now: SystemTime,
) -> Peer {
    peer_of(connection(request), request.headers(), proxy, anchors, now)
}

pub(crate) fn peer_of(
    connection: Connection,
    headers: &HeaderMap,
    proxy: &Proxy,
    anchors: &[X509],
    now: SystemTime,
) -> Peer {
    let Some(headers) = believed(connection, headers, proxy) else {
        return connection.address.map_or_else(Peer::local, Peer::at);
    };
    let address = forwarded_for(headers, proxy).or(connection.address);
    let peer = address.map_or_else(Peer::local, Peer::at);
    let Some(pem) = client_certificate(headers) else {
        return peer;
    };
    match PeerCertificate::verify(&pem, anchors, now) {
        Ok(certificate) => peer.with_certificate(certificate),
        // Whether that is good for anything a hook decides.
        Err(error) => match PeerCertificate::verify_expired(&pem, anchors, now) {
            Ok(expired) => peer.with_expired_certificate(expired),
            Err(_) => {
                tracing::warn!("the proxy handed over a certificate that does not hold: {error}");
                peer
            }
        },
    }
}

fn connection(request: &HttpRequest) -> Connection {
    request
        .conn_data::<Connection>()
        .copied()
        .unwrap_or_default()
}

fn believed<'a>(
    connection: Connection,
    headers: &'a HeaderMap,
    proxy: &Proxy,
) -> Option<&'a HeaderMap> {
    connection.is_trusted(proxy).then_some(headers)
}

fn is_proxy(address: IpAddr, proxy: &Proxy) -> bool {
    proxy
        .networks
        .iter()
        .any(|network| network.contains(address))
}

/// The rightmost hop that is no proxy of ours: what stands left of it, the client may have made up.
fn forwarded_for(headers: &HeaderMap, proxy: &Proxy) -> Option<IpAddr> {
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for hop in hops.iter().rev() {
        // What is no address ends the search: nothing left of it can be trusted.
        let address = hop.parse::<IpAddr>().ok()?.to_canonical();
        if !is_proxy(address, proxy) {
            return Some(address);
        }
    }
    None
}

/// The certificate a proxy says the client holds the key of, as PEM: nginx's `X-Client-Verify` and
/// `X-Client-Cert`, or RFC 9440's `Client-Cert`. A proxy that writes the former says all it has to
/// say there: a `Client-Cert` beside it is the client's own, passed on by neglect.
fn client_certificate(headers: &HeaderMap) -> Option<Vec<u8>> {
    if headers.contains_key("x-client-verify") || headers.contains_key("x-client-cert") {
        single(headers, "x-client-verify").filter(|said| NGINX_SAYS.contains(said))?;
        let escaped = single(headers, "x-client-cert")?;
        return Some(percent_decode(escaped.as_bytes()).collect());
    }
    let bytes = single(headers, "client-cert")?
        .strip_prefix(':')?
        .strip_suffix(':')?;
    let der = BASE64_STANDARD.decode(bytes).ok()?;
    Some(pem::write_block("CERTIFICATE", &der).into_bytes())
}

/// The value of a header that stands once; twice, nobody can tell which one the proxy wrote.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name);
    let value = values.next()?;
    match values.next() {
        None => value.to_str().ok().filter(|value| !value.is_empty()),
        Some(_) => None,
    }
}

/// Of a certificate whose key the client has shown, in `$ssl_client_verify`. The latter nginx lets pass
/// only where it is told to; what it means is verified again.
const NGINX_SAYS: [&str; 2] = ["SUCCESS", "FAILED:certificate has expired"];

fn is_request_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
