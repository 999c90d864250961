//! The error of an enrolment.

use std::fmt;

use openssl::error::ErrorStack;
use sapi::CsrError;

use crate::pem::PemError;

/// Why an enrolment could not be made or read.
///
/// ```
/// let error = sapi_client::Enrolment::from_pem(b"").unwrap_err();
/// assert_eq!(error.to_string(), "there is no private key");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentError(String);

impl EnrolmentError {
    pub(crate) fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl From<ErrorStack> for EnrolmentError {
    fn from(error: ErrorStack) -> Self {
        Self(format!("OpenSSL: {error}"))
    }
}

impl From<PemError> for EnrolmentError {
    fn from(error: PemError) -> Self {
        Self::new(error)
    }
}

impl From<CsrError> for EnrolmentError {
    fn from(error: CsrError) -> Self {
        Self::new(error)
    }
}

impl fmt::Display for EnrolmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EnrolmentError {}
