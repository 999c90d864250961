//! The error of one exchange with a service.

use std::fmt;

use openssl::error::ErrorStack;

use crate::answer::Refusal;
use crate::response::Malformed;

/// Why the service gave no usable answer.
///
/// ```
/// # fn f(error: sapi_client::ServerError) {
/// if error.is_temporary() {
///     println!("later, then: {error}");
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ServerError {
    /// No answer came, or only a part of it.
    Unreachable {
        /// What happened.
        why: String,
    },
    /// The server's certificate does not verify.
    Untrusted {
        /// What the verification says.
        why: String,
    },
    /// The service is there, but cannot serve at present.
    Unready {
        /// What it says.
        refusal: Refusal,
    },
    /// Something else answers at this address.
    NotTheService {
        /// What is wrong with the answer.
        why: String,
    },
    /// OpenSSL failed.
    OpenSsl {
        /// Its errors.
        error: ErrorStack,
    },
}

impl ServerError {
    pub(crate) fn unreachable(why: impl fmt::Display) -> Self {
        let why = why.to_string();
        Self::Unreachable { why }
    }

    /// Whether a later try may succeed.
    ///
    /// ```
    /// # fn f(error: sapi_client::ServerError) {
    /// assert!(error.is_temporary());
    /// # }
    /// ```
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Unready { .. })
    }
}

impl From<ErrorStack> for ServerError {
    fn from(error: ErrorStack) -> Self {
        Self::OpenSsl { error }
    }
}

impl From<Malformed> for ServerError {
    fn from(malformed: Malformed) -> Self {
        Self::NotTheService {
            why: format!("the answer is malformed: {malformed}"),
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { why } => write!(f, "the server cannot be reached: {why}"),
            Self::Untrusted { why } => write!(f, "the server's certificate does not verify: {why}"),
            Self::Unready { refusal } => write!(f, "the server is not ready: {refusal}"),
            Self::NotTheService { why } => f.write_str(why),
            Self::OpenSsl { error } => write!(f, "OpenSSL: {error}"),
        }
    }
}

impl std::error::Error for ServerError {}
