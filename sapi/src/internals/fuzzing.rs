//! Access to private parts for the fuzz targets; not part of the public interface.
#![allow(missing_docs)]

use std::net::IpAddr;
use std::time::SystemTime;

use actix_web::body::MessageBody;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use openssl::pkey::{PKey, Public};
use openssl::x509::X509;
use sha2::{Digest, Sha256};

use crate::command::print_config::printed;
use crate::hooks::Rejection;
use crate::request::network::Network;
use crate::request::{CsrError, CsrFault, Peer, RequestPolicy, RsaPolicy, read_spki};
use crate::server::endpoint::proxy::Connection;
use crate::server::endpoint::{proxy, reply};
use crate::settings::checked::{Proxy, Settings};
use crate::settings::sources::Sources;

/// Checks a SubjectPublicKeyInfo as the reader of requests does.
pub fn key(spki: &[u8], policy: &RequestPolicy) -> Result<PKey<Public>, CsrError> {
    let read = || {
        let numbers = read_spki(spki)?;
        policy.check_key(&numbers, &Sha256::digest(spki).into())?;
        Ok::<_, CsrFault>(numbers.build()?)
    };
    Ok(read()?)
}

/// Whether the default policy accepts the numbers of an RSA key.
#[must_use]
pub fn accepts_rsa(modulus: &[u8], exponent: &[u8]) -> bool {
    RsaPolicy::default().check(modulus, exponent).is_ok()
}

/// Checks settings, and returns them as `config` prints them.
pub fn settings(toml: &str) -> Result<String, String> {
    let sources = Sources::of_text(toml).map_err(|error| error.to_string())?;
    Settings::check(&sources).map_err(|error| error.to_string())?;
    let lines = sources.lines();
    Ok(lines.iter().map(|line| printed(line) + "\n").collect())
}

/// Returns the peer and the id of a request. Headers that HTTP does not allow are left out.
#[must_use]
pub fn peer(
    address: Option<IpAddr>,
    headers: &[(&[u8], &[u8])],
    networks: &[&str],
    anchors: &[X509],
) -> (Peer, String) {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            map.append(name, value);
        }
    }
    let proxy = Proxy {
        networks: networks.iter().filter_map(|n| Network::parse(n)).collect(),
        ..Proxy::default()
    };
    let connection = Connection { uid: None, address };
    let id = proxy::request_id_of(connection, &map, &proxy);
    let peer = proxy::peer_of(connection, &map, &proxy, anchors, SystemTime::now());
    (peer, id)
}

/// The answer to a refusal: status, headers, body.
#[must_use]
pub fn refusal(request_id: &str, rejection: &Rejection) -> Refusal {
    let response = reply::rejected(request_id, rejection);
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    let (status, headers) = (response.status().as_u16(), headers.collect());
    let body = response.into_body().try_into_bytes();
    (status, headers, body.map(Into::into).unwrap_or_default())
}

/// Status, headers, body.
pub type Refusal = (u16, Vec<(String, Vec<u8>)>, Vec<u8>);
