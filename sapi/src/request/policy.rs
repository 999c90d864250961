//! What the operator asks of every request.

use std::collections::HashSet;

use super::public_key::{KeyError, KeyNumbers};
use super::rsa_policy::RsaPolicy;

/// What is asked of every request before a hook sees it, set by the operator; strict by default.
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
}

impl Default for RequestPolicy {
    /// RSA of 2048 to 8192 bits, no blocked key, at most 100 names.
    fn default() -> Self {
        Self {
            rsa: RsaPolicy::default(),
            blocked: HashSet::new(),
            max_names: 100,
        }
    }
}

impl RequestPolicy {
    /// Other bounds for the RSA modulus.
    ///
    /// ```
    /// use sapi::{RequestPolicy, RsaPolicy};
    ///
    /// let policy = RequestPolicy::default().with_rsa(RsaPolicy::new(3072, 4096)?);
    /// # Ok::<(), sapi::RsaBoundsError>(())
    /// ```
    #[must_use]
    pub fn with_rsa(mut self, rsa: RsaPolicy) -> Self {
        self.rsa = rsa;
        self
    }

    /// Keys to refuse, each as the SHA-256 of its SubjectPublicKeyInfo in DER.
    ///
    /// ```
    /// let policy = sapi::RequestPolicy::default().with_blocked_keys([[0; 32]]);
    /// ```
    #[must_use]
    pub fn with_blocked_keys(mut self, digests: impl IntoIterator<Item = [u8; 32]>) -> Self {
        self.blocked = digests.into_iter().collect();
        self
    }

    /// How many alternative names one request may ask for.
    ///
    /// ```
    /// let policy = sapi::RequestPolicy::default().with_max_names(1);
    /// ```
    #[must_use]
    pub fn with_max_names(mut self, names: usize) -> Self {
        self.max_names = names;
        self
    }

    pub(crate) fn max_names(&self) -> usize {
        self.max_names
    }

    /// Whether a key with these numbers may be certified. EC points are checked where the key is built.
    pub(crate) fn check_key(
        &self,
        numbers: &KeyNumbers<'_>,
        spki_sha256: &[u8; 32],
    ) -> Result<(), KeyError> {
        if self.blocked.contains(spki_sha256) {
            return Err(KeyError::Blocked);
        }
        match numbers {
            KeyNumbers::Rsa { modulus, exponent } => {
                self.rsa
                    .check(modulus, exponent)
                    .map_err(|weakness| KeyError::Weak {
                        reason: weakness.to_string(),
                    })
            }
            _ => Ok(()),
        }
    }
}
