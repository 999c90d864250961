//! A wish: what the client asks the certificate authority for.

use sapi::{AltName, DistinguishedName};

/// The subject and the names that the client asks for.
///
/// ```
/// use sapi_client::Wish;
///
/// let wish = Wish {
///     subject: sapi::DistinguishedName::from_fields([("CN", "web01")])?,
///     names: vec!["DNS:www.example.com".parse()?],
/// };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The subject.
    pub subject: DistinguishedName,
    /// The alternative names; each must be granted.
    pub names: Vec<AltName>,
}
