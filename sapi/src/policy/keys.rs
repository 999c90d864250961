//! `Keys`: which kinds of key a policy allows.

use crate::hooks::Rejection;
use crate::request::KeyKind;

/// Which kinds of key are allowed. The operator's settings `requests.*` apply first.
///
/// ```
/// use sapi::{KeyKind, policy::Keys};
///
/// let keys = Keys::of([KeyKind::P256, KeyKind::Rsa { bits: 3072 }]);
/// assert!(keys.check(KeyKind::Rsa { bits: 4096 }).is_ok());
/// assert!(keys.check(KeyKind::Ed25519).is_err());
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Keys(Vec<KeyKind>);

impl Keys {
    /// Allows these kinds. RSA keys may have more bits than given.
    ///
    /// ```
    /// let keys = sapi::policy::Keys::of([sapi::KeyKind::Ed25519]);
    /// ```
    pub fn of(kinds: impl IntoIterator<Item = KeyKind>) -> Self {
        Self(kinds.into_iter().collect())
    }

    /// Checks that a kind is allowed.
    ///
    /// # Errors
    ///
    /// A denial. Its reason names the kind and the allowed kinds.
    ///
    /// ```
    /// # use sapi::{Rejection, SigningContext, policy::Keys};
    /// # fn f(keys: &Keys, cx: &SigningContext) -> Result<(), Rejection> {
    /// keys.check(cx.csr().key_kind())?;
    /// # Ok(()) }
    /// ```
    pub fn check(&self, kind: KeyKind) -> Result<(), Rejection> {
        let allows = |allowed: &KeyKind| match (allowed, kind) {
            (KeyKind::Rsa { bits: least }, KeyKind::Rsa { bits }) => bits >= *least,
            (allowed, kind) => *allowed == kind,
        };
        if self.0.iter().any(allows) {
            return Ok(());
        }
        let words = |kind: &KeyKind| match kind {
            KeyKind::Rsa { bits } => format!("RSA from {bits} bits"),
            other => other.to_string(),
        };
        let allowed: Vec<_> = self.0.iter().map(words).collect();
        Err(Rejection::denied(format!(
            "public key: {kind} is not allowed; allowed are {}",
            allowed.join(", ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_kind_and_those_allowed() {
        let keys = Keys::of([KeyKind::P384, KeyKind::Rsa { bits: 3072 }]);
        assert!(keys.check(KeyKind::P384).is_ok());
        assert!(keys.check(KeyKind::Rsa { bits: 3072 }).is_ok());
        for (kind, said) in [
            (
                KeyKind::P256,
                "public key: P-256 is not allowed; allowed are P-384, RSA from 3072 bits",
            ),
            (
                KeyKind::Rsa { bits: 2048 },
                "public key: RSA 2048 is not allowed",
            ),
        ] {
            match keys.check(kind).unwrap_err() {
                Rejection::Denied { reason } => assert!(reason.starts_with(said), "{reason}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
