//! A key and a certificate that do not go together.

use crate::certificate::IssuerError;

/// Why a key and a certificate are not an identity.
///
/// ```
/// # fn f(error: sapi::UnfitIdentity) {
/// println!("{error}");
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UnfitIdentity(pub(crate) String);

impl From<IssuerError> for UnfitIdentity {
    fn from(error: IssuerError) -> Self {
        Self(error.to_string())
    }
}
