//! The common checks of a policy. A hook uses each in one line.
//!
//! Each check starts by allowing nothing. A rule that is not valid is an error when the hook is made. A
//! refusal names the value and the rule that it breaks. A check that passes does not grant anything.
//!
//! ```
//! use sapi::policy::{self, Keys, Names, Subject};
//! use sapi::{BoxError, KeyKind, Rejection, SigningContext, SigningHooks, Terms, Validity, Verdict, async_trait};
//!
//! struct WebServers {
//!     names: Names,
//!     keys: Keys,
//!     subject: Subject,
//! }
//!
//! impl WebServers {
//!     fn new() -> Result<Self, BoxError> {
//!         Ok(Self {
//!             names: Names::none().dns_under("example.com")?.wildcards().ip("192.0.2.0/24")?,
//!             keys: Keys::of([KeyKind::P256, KeyKind::Rsa { bits: 3072 }]),
//!             subject: Subject::none().common_name_is_own().allowing("OU")?.requiring("O", "Example")?,
//!         })
//!     }
//! }
//!
//! #[async_trait]
//! impl SigningHooks for WebServers {
//!     async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
//!         self.names.check(cx.csr().names())?;
//!         self.keys.check(cx.csr().key_kind())?;
//!         self.subject.check(cx)?;
//!         let validity = policy::at_most(Validity::days(30), Validity::days(90))?;
//!         Ok(Verdict::Grant(Terms::valid_for(validity).with_requested_names(cx.csr())))
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! use sapi::testing::{Harness, RequestBuilder};
//!
//! let harness = Harness::new(WebServers::new().unwrap());
//! let request = RequestBuilder::new().field("O", "Example").dns("www.example.net").build();
//! let seen = harness.observe("web01", &request).await;
//! seen.assert_denied("DNS:www.example.net: is not allowed; allowed are example.com and below");
//! # });
//! ```

mod keys;
mod name_rule;
mod names;
mod subject;
mod uri_pattern;

use std::fmt;

use crate::certificate::Validity;
use crate::hooks::Rejection;
pub use keys::Keys;
pub use names::Names;
pub use subject::Subject;

/// Returns the validity, or refuses it if it is longer than `longest`.
///
/// # Errors
///
/// A denial that names both. To shorten instead of refusing, use [`Terms::narrow`](crate::Terms::narrow),
/// or let the operator set `certificate.max_validity`.
///
/// ```
/// use sapi::{Validity, policy};
///
/// let longest = Validity::days(90);
/// assert_eq!(policy::at_most(Validity::days(30), longest).unwrap(), Validity::days(30));
/// assert_eq!(policy::at_most(Validity::days(91), longest).unwrap_err().slug(), "denied");
/// ```
pub fn at_most(validity: Validity, longest: Validity) -> Result<Validity, Rejection> {
    if validity > longest {
        return Err(Rejection::denied(format!(
            "validity {validity}: is longer than {longest}"
        )));
    }
    Ok(validity)
}

/// A rule that is not valid: a suffix that is not a host name, a text that is not a network.
///
/// ```
/// let error = sapi::policy::Names::none().ip("10.0.0.0/33").unwrap_err();
/// assert_eq!(error.to_string(), "\"10.0.0.0/33\": is not a network such as 192.0.2.0/24");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError(String);

impl RuleError {
    fn new(rule: &str, what: &str) -> Self {
        Self(format!("{rule:?}: {what}"))
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RuleError {}
