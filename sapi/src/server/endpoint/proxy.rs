//! The peer of a request: what its connection tells, and what a trusted proxy adds in headers.

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

/// What the operating system says about a connection. It is noted when the server accepts the connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Connection {
    pub(crate) uid: Option<u32>,
    pub(crate) address: Option<IpAddr>,
}

impl Connection {
    /// Notes the user at the other end of a unix socket (SO_PEERCRED), or the address of a TCP connection.
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

/// Returns the id that a trusted proxy gave the request, or a new one.
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
        // A hook decides whether an expired certificate is good for anything.
        Err(error) => match PeerCertificate::verify_expired(&pem, anchors, now) {
            Ok(expired) => peer.with_expired_certificate(expired),
            Err(_) => {
                tracing::warn!("the client certificate from the proxy is not valid: {error}");
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

/// Returns the rightmost hop that is not one of our proxies. The client may have made up every hop left of it.
fn forwarded_for(headers: &HeaderMap, proxy: &Proxy) -> Option<IpAddr> {
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for hop in hops.iter().rev() {
        // A hop that is not an address ends the search: nothing left of it can be trusted.
        let address = hop.parse::<IpAddr>().ok()?.to_canonical();
        if !is_proxy(address, proxy) {
            return Some(address);
        }
    }
    None
}

/// Returns the certificate, as PEM, whose key the client has shown to the proxy. nginx sends it in
/// `X-Client-Verify` and `X-Client-Cert`, other proxies in `Client-Cert` (RFC 9440). A `Client-Cert` beside
/// nginx's headers is ignored: the client sent it, and the proxy failed to remove it.
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

/// Returns the value of a header that appears once. If it appears twice, nobody can tell which one the
/// proxy wrote.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name);
    let value = values.next()?;
    match values.next() {
        None => value.to_str().ok().filter(|value| !value.is_empty()),
        Some(_) => None,
    }
}

/// The values of `$ssl_client_verify` that mean: the client has shown the key. nginx lets an expired
/// certificate pass only if it is told to. The certificate is verified again here.
const NGINX_SAYS: [&str; 2] = ["SUCCESS", "FAILED:certificate has expired"];

fn is_request_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
