//! Several hooks as alternatives: one grant is enough.

use std::fmt;

use async_trait::async_trait;

use super::chain::ask;
use super::{BoxError, Chain, Rejection, SigningContext, SigningHooks, Verdict};
use crate::certificate::{DraftCertificate, IssuedCertificate, Issuer, SerialNumber};

/// Asks hooks in order until one grants or rejects: an "or", where [`Chain`] is an "and".
///
/// Later hooks are not asked. All hooks take part in every method except `authorize`, as in a chain.
///
/// ```
/// use sapi::{Chain, FirstOf};
/// # struct Members;
/// # impl sapi::SigningHooks for Members {}
/// # struct Renewals;
/// # impl sapi::SigningHooks for Renewals {}
/// # struct Approvals;
/// # impl sapi::SigningHooks for Approvals {}
///
/// // A member, and either renewed or approved.
/// let hooks = Chain::new()
///     .then(Members)
///     .then(FirstOf::new().then(Renewals).then(Approvals));
/// ```
#[derive(Default)]
pub struct FirstOf {
    hooks: Chain,
}

impl FirstOf {
    /// Starts without hooks. It then abstains from every request.
    ///
    /// ```
    /// let none = sapi::FirstOf::new();
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds hooks to the end.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let first = sapi::FirstOf::new().then(Members);
    /// ```
    #[must_use]
    pub fn then(mut self, hooks: impl SigningHooks) -> Self {
        // A chain is one alternative: its hooks are not taken apart.
        self.hooks.push(Box::new(hooks));
        self
    }
}

#[async_trait]
impl SigningHooks for FirstOf {
    fn name(&self) -> &'static str {
        "first-of"
    }

    async fn boot(&self, ca: &Issuer) -> Result<(), BoxError> {
        self.hooks.boot(ca).await
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        for hook in self.hooks.iter() {
            let verdict = ask(hook, cx).await?;
            if matches!(verdict, Verdict::Grant(_)) {
                return Ok(verdict);
            }
        }
        Ok(Verdict::Abstain)
    }

    async fn serial_number(&self, cx: &SigningContext) -> Result<Option<SerialNumber>, Rejection> {
        self.hooks.serial_number(cx).await
    }

    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        self.hooks.presign(cx, draft).await
    }

    async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        self.hooks.postsign(cx, cert).await
    }
}

impl fmt::Debug for FirstOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FirstOf").field(&self.hooks).finish()
    }
}
