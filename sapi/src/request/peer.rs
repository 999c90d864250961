//! The peer: the client at the other end of the connection.

use std::fmt;
use std::net::IpAddr;
use std::time::SystemTime;

use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyParam;
use openssl::x509::{X509, X509PurposeId, X509Ref, X509StoreContext};

use super::name::alt::AltName;
use super::name::general::{NamesError, read_names};
use crate::encoding::extensions::each_extension;
use crate::encoding::oids::SUBJECT_ALT_NAME;
use crate::encoding::time::{from_openssl, unix};

/// Who is at the other end of the connection, as far as the server could establish it.
///
/// ```
/// use sapi::Peer;
///
/// let peer = Peer::at("192.0.2.7".parse().unwrap());
/// assert_eq!(peer.address().unwrap().to_string(), "192.0.2.7");
/// assert!(peer.certificate().is_none());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Peer {
    address: Option<IpAddr>,
    certificate: Option<PeerCertificate>,
    expired_certificate: Option<PeerCertificate>,
}

impl Peer {
    /// A peer on this machine without a known address: a unix socket or a command line.
    ///
    /// ```
    /// assert!(sapi::Peer::local().address().is_none());
    /// ```
    #[must_use]
    pub fn local() -> Self {
        Self::default()
    }

    /// A peer at a network address.
    ///
    /// ```
    /// let peer = sapi::Peer::at("2001:db8::1".parse().unwrap());
    /// assert!(peer.address().unwrap().is_ipv6());
    /// ```
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        Self {
            address: Some(address),
            ..Self::default()
        }
    }

    /// The same peer, which has proved that it has the key of a certificate.
    ///
    /// ```no_run
    /// # fn f(verified: sapi::PeerCertificate) {
    /// let peer = sapi::Peer::local().with_certificate(verified);
    /// assert!(peer.certificate().is_some());
    /// # }
    /// ```
    #[must_use]
    pub fn with_certificate(mut self, certificate: PeerCertificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// The same peer, which has proved that it has the key of an expired certificate.
    ///
    /// ```no_run
    /// # fn f(expired: sapi::PeerCertificate) {
    /// let peer = sapi::Peer::local().with_expired_certificate(expired);
    /// assert!(peer.certificate().is_none());
    /// # }
    /// ```
    #[must_use]
    pub fn with_expired_certificate(mut self, certificate: PeerCertificate) -> Self {
        self.expired_certificate = Some(certificate);
        self
    }

    /// The network address of the client, not of a trusted proxy in between.
    ///
    /// ```
    /// assert_eq!(sapi::Peer::local().address(), None);
    /// ```
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The client certificate, if one was presented and verified.
    ///
    /// ```
    /// assert!(sapi::Peer::local().certificate().is_none());
    /// ```
    #[must_use]
    pub fn certificate(&self) -> Option<&PeerCertificate> {
        self.certificate.as_ref()
    }

    /// A client certificate that has expired but is verified otherwise. It says who the client was. Only
    /// a hook that limits how long ago that may be should look at it.
    ///
    /// ```
    /// assert!(sapi::Peer::local().expired_certificate().is_none());
    /// ```
    #[must_use]
    pub fn expired_certificate(&self) -> Option<&PeerCertificate> {
        self.expired_certificate.as_ref()
    }
}

/// A client certificate whose chain, dates and purpose were verified in this process.
///
/// ```no_run
/// # fn f(certificate: &sapi::PeerCertificate) {
/// println!("{:?}", certificate.as_openssl().subject_name());
/// # }
/// ```
#[derive(Clone)]
pub struct PeerCertificate(X509);

impl PeerCertificate {
    /// Verifies a client certificate. A trusted proxy has checked that the client has its key.
    ///
    /// The chain must end at one of `anchors` and be valid at `now`, and the certificate must allow
    /// TLS client authentication (RFC 5280 sections 6.1 and 4.2.1.12).
    ///
    /// # Errors
    ///
    /// [`PeerCertificateError`] says which of these failed.
    ///
    /// ```
    /// use sapi::PeerCertificate;
    /// use std::time::SystemTime;
    ///
    /// assert!(PeerCertificate::verify(b"nonsense", &[], SystemTime::UNIX_EPOCH).is_err());
    /// ```
    pub fn verify(
        pem: &[u8],
        anchors: &[X509],
        now: SystemTime,
    ) -> Result<Self, PeerCertificateError> {
        let certificate = X509::from_pem(pem)
            .map_err(|_| PeerCertificateError("is not a PEM certificate".into()))?;
        match verification_fault(&certificate, anchors, unix(now)) {
            Ok(None) => Ok(Self(certificate)),
            Ok(Some(fault)) => Err(PeerCertificateError(fault)),
            Err(_) => Err(PeerCertificateError("could not be verified".into())),
        }
    }

    /// Verifies a certificate that has expired by `now`, as of the moment before it expired.
    ///
    /// # Errors
    ///
    /// [`PeerCertificateError`] says what else is wrong, or that it has not expired.
    ///
    /// ```
    /// use sapi::PeerCertificate;
    /// use std::time::SystemTime;
    ///
    /// assert!(PeerCertificate::verify_expired(b"nonsense", &[], SystemTime::UNIX_EPOCH).is_err());
    /// ```
    pub fn verify_expired(
        pem: &[u8],
        anchors: &[X509],
        now: SystemTime,
    ) -> Result<Self, PeerCertificateError> {
        let certificate = X509::from_pem(pem)
            .map_err(|_| PeerCertificateError("is not a PEM certificate".into()))?;
        let unreadable = |_| PeerCertificateError("could not be verified".into());
        let end = from_openssl(certificate.not_after()).map_err(unreadable)?;
        let end = unix(end);
        if end > unix(now) {
            return Err(PeerCertificateError("has not expired".into()));
        }
        // For OpenSSL a certificate has already expired in its last second.
        match verification_fault(&certificate, anchors, end - 1).map_err(unreadable)? {
            None => Ok(Self(certificate)),
            Some(fault) => Err(PeerCertificateError(fault)),
        }
    }

    /// The alternative names, by the same strict reader as those of requests.
    ///
    /// # Errors
    ///
    /// [`PeerCertificateError`] for a name that no request could ask for, and for a second list of names.
    ///
    /// ```no_run
    /// # fn f(certificate: &sapi::PeerCertificate) -> Result<(), sapi::PeerCertificateError> {
    /// for name in certificate.names()? { println!("{name}"); }
    /// # Ok(()) }
    /// ```
    pub fn names(&self) -> Result<Vec<AltName>, PeerCertificateError> {
        let unreadable = |_| PeerCertificateError("could not be read".into());
        let mut lists = Vec::new();
        each_extension(&self.0.to_der().map_err(unreadable)?, |kind, _, value| {
            if kind == SUBJECT_ALT_NAME {
                lists.push(read_names(value, usize::MAX)?);
            }
            Ok::<_, NamesError>(())
        })
        .map_err(|error| PeerCertificateError(error.to_string()))?;
        match lists.as_slice() {
            [] | [_] => Ok(lists.concat()),
            _ => Err(PeerCertificateError(
                "has two lists of alternative names".into(),
            )),
        }
    }

    /// The certificate as OpenSSL's type.
    ///
    /// ```no_run
    /// # fn f(certificate: &sapi::PeerCertificate) {
    /// let serial = certificate.as_openssl().serial_number();
    /// # }
    /// ```
    #[must_use]
    pub fn as_openssl(&self) -> &X509Ref {
        &self.0
    }
}

impl fmt::Debug for PeerCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PeerCertificate")
            .field(&self.0.subject_name())
            .finish()
    }
}

/// A client certificate is not valid.
///
/// ```
/// # use std::time::SystemTime;
/// let error = sapi::PeerCertificate::verify(b"", &[], SystemTime::UNIX_EPOCH).unwrap_err();
/// assert_eq!(error.to_string(), "client certificate: is not a PEM certificate");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("client certificate: {0}")]
pub struct PeerCertificateError(String);

fn verification_fault(
    certificate: &X509Ref,
    anchors: &[X509],
    now: i64,
) -> Result<Option<String>, ErrorStack> {
    let mut parameters = X509VerifyParam::new()?;
    parameters.set_time(now);
    parameters.set_purpose(X509PurposeId::SSL_CLIENT)?;
    let mut store = X509StoreBuilder::new()?;
    for anchor in anchors {
        store.add_cert(anchor.clone())?;
    }
    store.set_param(&parameters)?;
    let store = store.build();
    let none = Stack::new()?;
    let mut context = X509StoreContext::new()?;
    context.init(&store, certificate, &none, |context| {
        Ok(if context.verify_cert()? {
            None
        } else {
            Some(context.error().error_string().to_owned())
        })
    })
}
