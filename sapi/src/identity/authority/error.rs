//! Why a certificate of a CA could not be made.

use openssl::error::ErrorStack;
use thiserror::Error;

use crate::identity::error::{IdentityError, IdentityErrorKind};

#[derive(Debug, Error)]
pub(crate) enum CreateError {
    #[error("the subject is empty; a CA needs at least one field")]
    EmptySubject,
    #[error("the validity reaches beyond the year 9999")]
    TooLong,
    #[error("the CA's key is of a kind that this program does not sign with")]
    UnsupportedKey,
    #[error("the signature just made does not verify with the CA's public key")]
    DoesNotVerify,
    #[error("the CA certificate's extensions cannot be used: {0}")]
    Extensions(#[from] der::Error),
    #[error("OpenSSL could not make the identity: {0}")]
    OpenSsl(#[from] ErrorStack),
}

impl From<CreateError> for IdentityError {
    fn from(error: CreateError) -> Self {
        let kind = match error {
            CreateError::EmptySubject | CreateError::TooLong => IdentityErrorKind::Usage,
            _ => IdentityErrorKind::Crypto,
        };
        Self::new(kind, error)
    }
}
