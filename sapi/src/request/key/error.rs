//! Why a public key is not acceptable.

use openssl::error::ErrorStack;

use super::rsa::weak::WeakRsaKey;

/// Why a public key is not acceptable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// It is not DER, or not the structure its algorithm requires.
    #[error("{reason}")]
    Malformed { reason: String },
    /// Its kind, curve or form is not accepted.
    #[error("is {what}; use RSA, P-256, P-384, P-521 or Ed25519")]
    Unsupported { what: String },
    /// Its numbers are not a key, for example a point that is not on its curve.
    #[error("{reason}")]
    Invalid { reason: &'static str },
    /// It can be broken, or is too short or too long.
    #[error(transparent)]
    Weak(#[from] WeakRsaKey),
    /// It is on the operator's list of blocked keys.
    #[error("is on the list of blocked keys; make a new key")]
    Blocked,
}

impl KeyError {
    pub(crate) fn slug(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed-request",
            Self::Unsupported { .. } => "unsupported-key",
            Self::Invalid { .. } => "invalid-key",
            Self::Weak(_) => "weak-key",
            Self::Blocked => "blocked-key",
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told() {
        let what = "a DSA key".to_owned();
        let unsupported = KeyError::Unsupported { what }.to_string();
        assert!(unsupported.starts_with("is a DSA key; use RSA, "));
        let blocked = KeyError::Blocked.to_string();
        assert!(blocked.contains("list of blocked keys"));
    }
}
