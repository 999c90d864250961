//! A throw-away certificate authority, only in memory.

use std::fmt;
use std::time::{Duration, SystemTime};

use openssl::x509::X509;

use super::TestKey;
use super::ca_certificate::{KeyId, certify_ca, certify_client};
use crate::identity::ca::Identity;
use crate::request::{DistinguishedName, PeerCertificate};

/// A certificate authority for tests: a key and a certificate that nobody trusts.
///
/// It is valid from 2000 to the end of 2099 unless changed, so that a test may set its clock.
///
/// ```
/// use sapi::testing::{Authority, TestKey};
///
/// let root = Authority::new().with_key(TestKey::p384());
/// let below = root.intermediate("Issuing CA");
/// assert_eq!(below.identity().issuer().chain().len(), 1);
/// ```
#[derive(Clone)]
pub struct Authority {
    key: TestKey,
    subject: DistinguishedName,
    from: SystemTime,
    until: SystemTime,
    key_id: KeyId,
    constraints: Option<Vec<u8>>,
    above: Option<Box<Authority>>,
    certificate: X509,
}

impl Authority {
    /// A self-signed CA with a new P-256 key, called `CN=Test CA`.
    ///
    /// ```
    /// let ca = sapi::testing::Authority::new();
    /// assert!(ca.pem().starts_with("-----BEGIN CERTIFICATE-----"));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::make(TestKey::p256(), "Test CA", None)
    }

    /// A CA with this name below this CA, which signs its certificate.
    ///
    /// ```
    /// use sapi::testing::Authority;
    ///
    /// let root = Authority::new();
    /// let issuing = root.intermediate("Issuing CA");
    /// assert!(issuing.certificate().verify(root.key().private_key()).unwrap());
    /// ```
    #[must_use]
    pub fn intermediate(&self, common_name: &str) -> Self {
        Self::make(TestKey::p256(), common_name, Some(Box::new(self.clone())))
    }

    fn make(key: TestKey, common_name: &str, above: Option<Box<Self>>) -> Self {
        let subject = common_name_alone(common_name);
        let (from, until) = (at(YEAR_2000), at(YEAR_2100 - 1));
        let certificate = certify_ca(&key, &subject, (from, until), KeyId::Present, None, None);
        let authority = Self {
            key,
            subject,
            from,
            until,
            key_id: KeyId::Present,
            constraints: None,
            above,
            certificate,
        };
        authority.renewed()
    }

    /// The same CA with another key.
    ///
    /// ```
    /// use sapi::testing::{Authority, TestKey};
    /// let ca = Authority::new().with_key(TestKey::ed25519());
    /// assert_eq!(ca.identity().issuer().public_key().bits(), 256);
    /// ```
    #[must_use]
    pub fn with_key(mut self, key: TestKey) -> Self {
        self.key = key;
        self.renewed()
    }

    /// The same CA with another subject.
    ///
    /// ```
    /// use sapi::DistinguishedName;
    /// let subject = DistinguishedName::from_fields([("O", "Example"), ("CN", "Example CA")])?;
    /// let ca = sapi::testing::Authority::new().with_subject(subject);
    /// # Ok::<(), sapi::SubjectError>(())
    /// ```
    #[must_use]
    pub fn with_subject(mut self, subject: DistinguishedName) -> Self {
        self.subject = subject;
        self.renewed()
    }

    /// The same CA, valid from one time until another, to the second.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// let from = SystemTime::UNIX_EPOCH;
    /// let ca = sapi::testing::Authority::new().valid(from, from + Duration::from_secs(60));
    /// assert_eq!(ca.identity().issuer().not_before(), from);
    /// ```
    #[must_use]
    pub fn valid(mut self, from: SystemTime, until: SystemTime) -> Self {
        (self.from, self.until) = (from, until);
        self.renewed()
    }

    /// The same CA without a subject key identifier, like some old CAs.
    ///
    /// ```
    /// let ca = sapi::testing::Authority::new().without_key_id();
    /// assert!(ca.certificate().subject_key_id().is_none());
    /// ```
    #[must_use]
    pub fn without_key_id(mut self) -> Self {
        self.key_id = KeyId::Absent;
        self.renewed()
    }

    /// The same CA with name constraints (RFC 5280 section 4.2.1.10), critical, their value in DER.
    ///
    /// ```
    /// // permitted: DNS example
    /// let value = [0x30, 13, 0xa0, 11, 0x30, 9, 0x82, 7, b'e', b'x', b'a', b'm', b'p', b'l', b'e'];
    /// let ca = sapi::testing::Authority::new().with_name_constraints(&value);
    /// assert!(String::from_utf8(ca.certificate().to_text().unwrap()).unwrap().contains("Permitted"));
    /// ```
    #[must_use]
    pub fn with_name_constraints(mut self, value: &[u8]) -> Self {
        self.constraints = Some(value.to_vec());
        self.renewed()
    }

    /// Makes the identity of this CA. It may be called again.
    ///
    /// ```
    /// let ca = sapi::testing::Authority::new();
    /// let (one, other) = (ca.identity(), ca.identity());
    /// assert!(one.issuer().public_key().public_eq(other.issuer().public_key()));
    /// ```
    #[must_use]
    pub fn identity(&self) -> Identity {
        let key = self.key.private_key().clone();
        Identity::new(key, self.certificate.clone(), self.chain())
            .expect("a test CA is a fit identity")
    }

    /// The identity for a rehearsal: the public half with a throw-away key.
    pub(super) fn rehearsal(&self) -> Identity {
        Identity::for_rehearsal(self.certificate.clone(), self.chain())
            .expect("a test CA is a fit identity")
    }

    /// The CA certificate.
    ///
    /// ```
    /// let subject = sapi::testing::Authority::new().certificate().subject_name().to_der();
    /// ```
    #[must_use]
    pub fn certificate(&self) -> &X509 {
        &self.certificate
    }

    /// The CA certificate as PEM.
    ///
    /// ```
    /// let pem = sapi::testing::Authority::new().pem();
    /// assert!(openssl::x509::X509::from_pem(pem.as_bytes()).is_ok());
    /// ```
    #[must_use]
    pub fn pem(&self) -> String {
        let pem = self
            .certificate
            .to_pem()
            .expect("OpenSSL writes what it made");
        String::from_utf8(pem).expect("PEM is ASCII")
    }

    /// The certificates above this CA's, the nearest first; empty for a root.
    ///
    /// ```
    /// assert!(sapi::testing::Authority::new().chain().is_empty());
    /// ```
    #[must_use]
    pub fn chain(&self) -> Vec<X509> {
        std::iter::successors(self.above.as_deref(), |ca| ca.above.as_deref())
            .map(|ca| ca.certificate.clone())
            .collect()
    }

    /// The CA's key.
    ///
    /// ```
    /// assert_eq!(sapi::testing::Authority::new().key().private_key().bits(), 256);
    /// ```
    #[must_use]
    pub fn key(&self) -> &TestKey {
        &self.key
    }

    /// A certificate for TLS clients, signed by this CA without hooks, valid as long as the CA.
    ///
    /// ```
    /// use sapi::testing::{Authority, TestKey};
    ///
    /// let (ca, key) = (Authority::new(), TestKey::p256());
    /// let certificate = ca.client_certificate("web01", &key);
    /// assert!(certificate.public_key().unwrap().public_eq(key.private_key()));
    /// ```
    #[must_use]
    pub fn client_certificate(&self, common_name: &str, key: &TestKey) -> X509 {
        let subject = common_name_alone(common_name);
        let signer = (&self.certificate, &self.key);
        certify_client(key, &subject, (self.from, self.until), signer)
    }

    /// The certificate that a hook sees when a client presents one of this CA.
    ///
    /// ```
    /// use sapi::{Peer, testing::Authority};
    ///
    /// let ca = Authority::new();
    /// let peer = Peer::local().with_certificate(ca.peer_certificate("web01"));
    /// ```
    #[must_use]
    pub fn peer_certificate(&self, common_name: &str) -> PeerCertificate {
        let certificate = self.client_certificate(common_name, &TestKey::p256());
        let pem = certificate.to_pem().expect("OpenSSL writes what it made");
        let mut anchors = self.chain();
        anchors.push(self.certificate.clone());
        PeerCertificate::verify(&pem, &anchors, self.from)
            .expect("a certificate of this CA verifies against it")
    }

    /// Makes the certificate again from the present parts.
    fn renewed(mut self) -> Self {
        let dates = (self.from, self.until);
        let above = self.above.as_deref().map(|ca| (&ca.certificate, &ca.key));
        let constraints = self.constraints.as_deref();
        let (key, key_id) = (&self.key, self.key_id);
        self.certificate = certify_ca(key, &self.subject, dates, key_id, constraints, above);
        self
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

fn common_name_alone(common_name: &str) -> DistinguishedName {
    DistinguishedName::from_fields([("CN", common_name)]).expect("a common name of at most 64")
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

const YEAR_2000: u64 = 946_684_800;
const YEAR_2100: u64 = 4_102_444_800;
