//! The policy for requests: rules that the operator sets for every request.

use std::collections::HashSet;

use super::key::error::KeyError;
use super::key::kind::{KeyKind, UnknownKeyKind};
use super::key::public::KeyNumbers;
use super::key::rsa::policy::{RsaBoundsError, RsaPolicy};

/// Rules for every request before a hook sees it. The operator sets them; the defaults are strict.
///
/// ```
/// use sapi::{CertRequest, RequestPolicy};
///
/// let policy = RequestPolicy::default().with_max_names(5);
/// assert!(CertRequest::read(b"nonsense", &policy).is_err());
/// ```
#[derive(Clone, Debug)]
pub struct RequestPolicy {
    rsa: RsaPolicy,
    blocked: HashSet<[u8; 32]>,
    max_names: usize,
    key_kinds: Vec<&'static str>,
}

impl Default for RequestPolicy {
    /// RSA of 2048 to 8192 bits, no blocked key, at most 100 names.
    fn default() -> Self {
        Self {
            rsa: RsaPolicy::default(),
            blocked: HashSet::new(),
            max_names: 100,
            key_kinds: KEY_KINDS.to_vec(),
        }
    }
}

impl RequestPolicy {
    /// Sets the bounds of the RSA modulus, in bits.
    ///
    /// # Errors
    ///
    /// [`RsaBoundsError`] for bounds below 2048, above 16384, not a multiple of 8, or the wrong way round.
    ///
    /// ```
    /// use sapi::RequestPolicy;
    ///
    /// assert!(RequestPolicy::default().with_rsa_bits(3072, 4096).is_ok());
    /// assert!(RequestPolicy::default().with_rsa_bits(4096, 3072).is_err());
    /// ```
    pub fn with_rsa_bits(mut self, least: u32, most: u32) -> Result<Self, RsaBoundsError> {
        self.rsa = RsaPolicy::new(least, most)?;
        Ok(self)
    }

    /// Sets the keys to refuse, each as the SHA-256 of its SubjectPublicKeyInfo in DER.
    ///
    /// ```
    /// let policy = sapi::RequestPolicy::default().with_blocked_keys([[0; 32]]);
    /// ```
    #[must_use]
    pub fn with_blocked_keys(mut self, digests: impl IntoIterator<Item = [u8; 32]>) -> Self {
        self.blocked = digests.into_iter().collect();
        self
    }

    /// Sets how many alternative names one request may ask for.
    ///
    /// ```
    /// let policy = sapi::RequestPolicy::default().with_max_names(1);
    /// ```
    #[must_use]
    pub fn with_max_names(mut self, names: usize) -> Self {
        self.max_names = names;
        self
    }

    /// Sets which kinds of key are accepted: some of `rsa`, `ec:p256`, `ec:p384`, `ec:p521`, `ed25519`,
    /// `ml-dsa`; all of them by default.
    ///
    /// # Errors
    ///
    /// [`UnknownKeyKind`] for any other word.
    ///
    /// ```
    /// use sapi::RequestPolicy;
    ///
    /// assert!(RequestPolicy::default().with_key_kinds(["ec:p256", "ed25519"]).is_ok());
    /// assert!(RequestPolicy::default().with_key_kinds(["dsa"]).is_err());
    /// ```
    pub fn with_key_kinds<'a>(
        mut self,
        kinds: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, UnknownKeyKind> {
        self.key_kinds.clear();
        for kind in kinds {
            let known = KEY_KINDS.iter().find(|known| **known == kind);
            self.key_kinds
                .push(known.ok_or_else(|| UnknownKeyKind::new(kind, KEY_KINDS))?);
        }
        Ok(self)
    }

    pub(crate) fn max_names(&self) -> usize {
        self.max_names
    }

    /// Checks whether a key may be certified. `KeyNumbers::build` checks EC points.
    pub(crate) fn check_key(
        &self,
        numbers: &KeyNumbers<'_>,
        spki_sha256: &[u8; 32],
    ) -> Result<(), KeyError> {
        let kind = numbers.kind();
        if !self.key_kinds.contains(&word(kind)) {
            return Err(KeyError::Unsupported {
                what: format!("of the kind {kind}, which this server does not accept"),
            });
        }
        if self.blocked.contains(spki_sha256) {
            return Err(KeyError::Blocked);
        }
        match numbers {
            KeyNumbers::Rsa { modulus, exponent } => Ok(self.rsa.check(modulus, exponent)?),
            _ => Ok(()),
        }
    }
}

fn word(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Rsa { .. } => "rsa",
        KeyKind::P256 => "ec:p256",
        KeyKind::P384 => "ec:p384",
        KeyKind::P521 => "ec:p521",
        KeyKind::Ed25519 => "ed25519",
        KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => "ml-dsa",
    }
}

const KEY_KINDS: [&str; 6] = ["rsa", "ec:p256", "ec:p384", "ec:p521", "ed25519", "ml-dsa"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::CertRequest;
    use crate::testing::{RequestBuilder, TestKey};

    /// The slug of the refusal, if the request is refused.
    fn judged(builder: &RequestBuilder, policy: &RequestPolicy) -> Option<&'static str> {
        let read = CertRequest::read(builder.build_pem().as_bytes(), policy);
        read.err().map(|error| error.slug())
    }

    #[test]
    fn everything_good_is_accepted_unless_said_otherwise() {
        for key in [TestKey::rsa(2048), TestKey::p256(), TestKey::ed25519()] {
            let request = RequestBuilder::new().common_name("a").key(key);
            assert_eq!(judged(&request, &RequestPolicy::default()), None);
        }
    }

    #[test]
    fn bounds_of_rsa_are_kept() {
        let request = RequestBuilder::new()
            .common_name("a")
            .key(TestKey::rsa(2048));
        let policy = |least| RequestPolicy::default().with_rsa_bits(least, 4096).unwrap();
        assert_eq!(judged(&request, &policy(2048)), None);
        assert_eq!(judged(&request, &policy(3072)), Some("weak-key"));
    }

    #[test]
    fn a_blocked_key_is_refused_and_no_other() {
        let (blocked, other) = (TestKey::p256(), TestKey::p256());
        let digest = openssl::sha::sha256(&blocked.spki());
        let policy = RequestPolicy::default().with_blocked_keys([digest]);
        let judge = |key| judged(&RequestBuilder::new().common_name("a").key(key), &policy);
        assert_eq!(judge(blocked), Some("blocked-key"));
        assert_eq!(judge(other), None);
    }

    #[test]
    fn names_are_counted() {
        let request = RequestBuilder::new()
            .dns("a.example.com")
            .dns("b.example.com");
        let policy = |most| RequestPolicy::default().with_max_names(most);
        assert_eq!(judged(&request, &policy(2)), None);
        assert_eq!(judged(&request, &policy(1)), Some("unacceptable-name"));
    }

    #[test]
    fn kinds_of_key_are_kept_to() {
        let keys = || {
            [
                ("rsa", TestKey::rsa(2048)),
                ("ec:p256", TestKey::p256()),
                ("ec:p384", TestKey::p384()),
                ("ec:p521", TestKey::p521()),
                ("ed25519", TestKey::ed25519()),
            ]
        };
        for (allowed, _) in keys() {
            let policy = RequestPolicy::default().with_key_kinds([allowed]).unwrap();
            for (kind, key) in keys() {
                let request = RequestBuilder::new().common_name("a").key(key);
                let expected = (kind != allowed).then_some("unsupported-key");
                assert_eq!(judged(&request, &policy), expected, "{kind} for {allowed}");
            }
        }
        let error = RequestPolicy::default()
            .with_key_kinds(["dsa"])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"dsa\" is not one of rsa, ec:p256, ec:p384, ec:p521, ed25519, ml-dsa"
        );
    }
}
