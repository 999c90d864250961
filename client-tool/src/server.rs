//! The service, as one client sees it.

use std::time::{Duration, SystemTime};

use openssl::x509::X509;
use sapi::ClientId;

use crate::address::Address;
use crate::answer::Answer;
use crate::connection::{Tls, exchange};
use crate::credential::{Credential, certificates};
use crate::pem::PemError;
use crate::response::Response;
use crate::server_error::ServerError;

/// A service: its address, the client's identifier there, and the roots for its TLS certificate.
///
/// ```
/// use sapi_client::Server;
///
/// let server = Server::new("https://ca.example.com".parse()?, "web01".parse()?);
/// # let roots = b"";
/// let server = server.with_roots(roots)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Server {
    address: Address,
    client: ClientId,
    roots: Vec<X509>,
    patience: Duration,
}

impl Server {
    /// A service without roots. Over TLS it needs them: see [`Server::with_roots`].
    ///
    /// ```
    /// # use sapi_client::Server;
    /// let server = Server::new("unix:/run/sapi/sapi.sock".parse()?, "web01".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(address: Address, client: ClientId) -> Self {
        Self {
            address,
            client,
            roots: Vec::new(),
            patience: PATIENCE,
        }
    }

    /// Verifies the server's certificate against these certificates, in PEM.
    ///
    /// # Errors
    /// [`PemError`] when one of them is malformed.
    ///
    /// ```
    /// # fn f(server: sapi_client::Server, pem: &[u8]) -> Result<(), sapi_client::PemError> {
    /// let server = server.with_roots(pem)?;
    /// # Ok(()) }
    /// ```
    pub fn with_roots(mut self, pem: &[u8]) -> Result<Self, PemError> {
        self.roots = certificates(pem)?;
        Ok(self)
    }

    /// Waits for an answer at most this long (by default 90 seconds).
    ///
    /// ```
    /// # fn f(server: sapi_client::Server) {
    /// let server = server.with_patience(std::time::Duration::from_secs(10));
    /// # }
    /// ```
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Checks that the service is there: over TLS the server verifies, and its answer shows that it takes
    /// certificate requests. Nothing is signed.
    ///
    /// # Errors
    /// [`ServerError`], also when something else answers.
    ///
    /// ```
    /// # fn f(server: sapi_client::Server, now: std::time::SystemTime) {
    /// match server.probe(now) {
    ///     Ok(()) => println!("it is there"),
    ///     Err(error) => eprintln!("{error}"),
    /// }
    /// # }
    /// ```
    pub fn probe(&self, now: SystemTime) -> Result<(), ServerError> {
        // The endpoint refuses every method but PUT, with a problem that only it sends.
        let response = self.send("GET", "", None, now)?;
        match Answer::read(&response) {
            Ok(Answer::Refused(refusal)) if refusal.slug() == "method-not-allowed" => Ok(()),
            Ok(Answer::Refused(refusal)) if response.status >= 500 => {
                Err(ServerError::Unready { refusal })
            }
            _ => Err(ServerError::NotTheService {
                why: format!(
                    "no certificate authority answers there (status {})",
                    response.status
                ),
            }),
        }
    }

    /// Sends a request. `shown` is the certificate for a server that asks for one.
    pub(crate) fn put(
        &self,
        request_pem: &str,
        shown: Option<&Credential>,
        now: SystemTime,
    ) -> Result<Answer, ServerError> {
        let response = self.send("PUT", request_pem, shown, now)?;
        Answer::read(&response).map_err(|why| ServerError::NotTheService { why })
    }

    fn send(
        &self,
        method: &str,
        body: &str,
        shown: Option<&Credential>,
        now: SystemTime,
    ) -> Result<Response, ServerError> {
        let (version, client) = (env!("CARGO_PKG_VERSION"), &self.client);
        let (prefix, host) = (&self.address.prefix, self.address.host_header());
        let length = body.len();
        let request = format!(
            "{method} {prefix}/api/csr/{client} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             User-Agent: sapi-client/{version} ({client})\r\nAccept: application/json, application/problem+json\r\n\
             Content-Type: application/x-pem-file\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let tls = Tls {
            roots: &self.roots,
            shown,
            now,
        };
        exchange(&self.address, &tls, request.as_bytes(), self.patience)
    }
}

/// Longer than the service, and nginx in front of it, may take (a minute).
const PATIENCE: Duration = Duration::from_secs(90);
