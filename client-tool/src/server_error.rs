//! Why a service gave no usable answer.

use std::fmt;

use openssl::error::ErrorStack;

use crate::answer::Refusal;
use crate::response::Malformed;

/// Why there is no answer that means anything.
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
    /// Nobody answered, or not to the end.
    Unreachable {
        /// What happened.
        why: String,
    },
    /// Who answers is not who should.
    Untrusted {
        /// What the verification says.
        why: String,
    },
    /// The service is there and cannot serve at present.
    Unready {
        /// What it says.
        refusal: Refusal,
    },
    /// What answers is no such service.
    NotTheService {
        /// What is odd.
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

    /// Whether it may be otherwise later.
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
