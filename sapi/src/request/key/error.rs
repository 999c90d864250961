//! Why a public key is not acceptable.

use std::fmt;

use openssl::error::ErrorStack;

/// Why a public key is not acceptable.
///
/// ```
/// let error = sapi::KeyError::Unsupported { what: "a DSA key".into() };
/// assert_eq!(error.to_string(), "is a DSA key; use RSA, P-256, P-384, P-521 or Ed25519");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// It is not DER, or not the structure its algorithm requires.
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// Its kind, curve or form is not accepted.
    Unsupported {
        /// What it is.
        what: String,
    },
    /// Its numbers are not a key, for example a point that is not on its curve.
    Invalid {
        /// What is wrong.
        reason: &'static str,
    },
    /// It can be broken, or is too short or too long.
    Weak {
        /// In what way.
        reason: String,
    },
    /// It is on the operator's list of blocked keys.
    Blocked,
}

impl KeyError {
    pub(crate) fn slug(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed-request",
            Self::Unsupported { .. } => "unsupported-key",
            Self::Invalid { .. } => "invalid-key",
            Self::Weak { .. } => "weak-key",
            Self::Blocked => "blocked-key",
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } | Self::Weak { reason } => f.write_str(reason),
            Self::Unsupported { what } => {
                write!(f, "is {what}; use RSA, P-256, P-384, P-521 or Ed25519")
            }
            Self::Invalid { reason } => f.write_str(reason),
            Self::Blocked => f.write_str("is on the list of blocked keys; make a new key"),
        }
    }
}

impl std::error::Error for KeyError {}

impl From<der::Error> for KeyError {
    fn from(error: der::Error) -> Self {
        Self::Malformed {
            reason: error.to_string(),
        }
    }
}

/// OpenSSL refuses numbers that are well formed. Its own words are left out: they do not help a client.
impl From<ErrorStack> for KeyError {
    fn from(_: ErrorStack) -> Self {
        Self::Invalid {
            reason: "its numbers are not a valid key",
        }
    }
}
