//! The passphrase that locks the CA's private key.

pub(crate) mod error;
pub mod hardening;
pub(crate) mod inherited;
pub(crate) mod kept;
pub(crate) mod other;
pub(crate) mod sources;
pub(crate) mod terminal;

use std::fmt;

use zeroize::Zeroizing;

use self::error::{PassphraseError, PassphraseFault};

/// A passphrase of 1 to 1024 bytes, wiped from memory when dropped and never printed.
///
/// ```
/// use sapi::identity::Passphrase;
///
/// let passphrase = Passphrase::new(b"correct horse\n".to_vec())?;
/// assert_eq!(passphrase.as_bytes(), b"correct horse");
/// assert_eq!(format!("{passphrase:?}"), "Passphrase(..)");
/// # Ok::<(), sapi::identity::PassphraseError>(())
/// ```
#[derive(Clone)]
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// The most bytes that a passphrase may have. OpenSSL's own buffer ends there, so nobody could unlock a
    /// key that was locked with more.
    pub const MAX_LEN: usize = 1024;

    /// Takes the bytes from a file or a terminal, and drops one newline at their end.
    ///
    /// # Errors
    /// When no byte is left, or more than [`Passphrase::MAX_LEN`].
    ///
    /// ```
    /// use sapi::identity::Passphrase;
    /// assert!(Passphrase::new(b"correct horse".to_vec()).is_ok());
    /// assert!(Passphrase::new(Vec::new()).is_err());
    /// ```
    pub fn new(bytes: impl Into<Zeroizing<Vec<u8>>>) -> Result<Self, PassphraseError> {
        let mut bytes = bytes.into();
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        match bytes.len() {
            0 => Err(PassphraseFault::Empty.into()),
            1..=Self::MAX_LEN => Ok(Self(bytes)),
            _ => Err(PassphraseFault::TooLong(Self::MAX_LEN).into()),
        }
    }

    /// The secret itself.
    ///
    /// ```
    /// let passphrase = sapi::identity::Passphrase::new(b"correct horse".to_vec()).unwrap();
    /// assert_eq!(passphrase.as_bytes(), b"correct horse");
    /// ```
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// Compares the answers to two prompts. It does not protect against timing attacks.
impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Passphrase {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_bounded_and_one_newline_is_dropped() {
        let refused = |bytes: Vec<u8>| Passphrase::new(bytes).unwrap_err().to_string();
        assert_eq!(refused(vec![]), "the passphrase is empty");
        assert_eq!(refused(b"\n".to_vec()), "the passphrase is empty");
        let kept = Passphrase::new(b"a\n\n".to_vec()).unwrap();
        assert_eq!(kept.as_bytes(), b"a\n");
        assert!(Passphrase::new(vec![b'x'; 1024]).is_ok());
        let mut line = vec![b'x'; 1024];
        line.push(b'\n');
        assert!(Passphrase::new(line).is_ok());
        let long = "the passphrase has more than 1024 bytes";
        assert_eq!(refused(vec![b'x'; 1025]), long);
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", Some(Passphrase::new(b"hush".to_vec()).unwrap()));
        assert_eq!(shown, "Some(Passphrase(..))");
    }
}
