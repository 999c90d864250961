//! Several hooks acting as one.

use std::any::Any;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::call::InWords;
use super::guard::guarded;
use super::{BoxError, Rejection, SigningContext, SigningHooks, Terms, Verdict};
use crate::certificate::{DraftCertificate, IssuedCertificate, Issuer, SerialNumber};

/// Asks hooks in order. The first rejection ends the request; grants narrow one another; the first
/// serial number wins. Each call has a time limit.
///
/// ```
/// use sapi::{Chain, SigningHooks};
///
/// struct Members;
/// impl SigningHooks for Members {}
/// struct Journal;
/// impl SigningHooks for Journal {}
///
/// let hooks = Chain::new().then(Members).then(Journal);
/// assert_eq!(hooks.len(), 2);
/// ```
#[derive(Default)]
pub struct Chain {
    hooks: Vec<Box<dyn SigningHooks>>,
}

impl Chain {
    /// Makes a chain without hooks. It abstains from every request.
    ///
    /// ```
    /// assert!(sapi::Chain::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds hooks to the end. Hooks of another chain are added one by one, each with its own time limit.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let chain = sapi::Chain::new().then(Members);
    /// ```
    #[must_use]
    pub fn then(mut self, hooks: impl SigningHooks) -> Self {
        let mut hooks = Some(hooks);
        let any: &mut dyn Any = &mut hooks;
        match any.downcast_mut::<Option<Self>>().and_then(Option::take) {
            Some(chain) => self.hooks.extend(chain.hooks),
            None => self.hooks.extend(hooks.map(boxed)),
        }
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &dyn SigningHooks> {
        self.hooks.iter().map(AsRef::as_ref)
    }

    pub(crate) fn push(&mut self, hooks: Box<dyn SigningHooks>) {
        self.hooks.push(hooks);
    }

    /// How many hooks there are.
    ///
    /// ```
    /// assert_eq!(sapi::Chain::new().len(), 0);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.hooks.len()
    }

    /// Whether the chain is empty.
    ///
    /// ```
    /// assert!(sapi::Chain::new().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hooks.is_empty()
    }
}

#[async_trait]
#[diagnostic::do_not_recommend]
impl SigningHooks for Chain {
    fn name(&self) -> &'static str {
        "chain"
    }

    async fn boot(&self, ca: &Issuer) -> Result<(), BoxError> {
        for hook in &self.hooks {
            let named = |error: BoxError| format!("hook {}: {error}", hook.name());
            hook.boot(ca).await.map_err(named)?;
        }
        Ok(())
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let mut granted: Option<Terms> = None;
        for hook in self.iter() {
            if let Verdict::Grant(terms) = ask(hook, cx).await? {
                granted = Some(match granted {
                    Some(before) => before.narrow(&terms),
                    None => terms,
                });
            }
        }
        Ok(granted.map_or(Verdict::Abstain, Verdict::Grant))
    }

    async fn serial_number(&self, cx: &SigningContext) -> Result<Option<SerialNumber>, Rejection> {
        for hook in &self.hooks {
            let call = guarded(
                hook.name(),
                "serial_number",
                cx.time_limit(),
                hook.serial_number(cx),
            )
            .await;
            let chosen = noted(cx, hook.as_ref(), "serial_number", call)?;
            if chosen.is_some() {
                return Ok(chosen);
            }
        }
        Ok(None)
    }

    async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        for hook in &self.hooks {
            let call = guarded(
                hook.name(),
                "presign",
                cx.time_limit(),
                hook.presign(cx, draft),
            )
            .await;
            noted(cx, hook.as_ref(), "presign", call)?;
        }
        Ok(())
    }

    async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        for hook in &self.hooks {
            let call = guarded(
                hook.name(),
                "postsign",
                cx.time_limit(),
                hook.postsign(cx, cert),
            )
            .await;
            noted(cx, hook.as_ref(), "postsign", call).map_err(PostsignFailure)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.hooks.iter().map(|hook| hook.name()))
            .finish()
    }
}

/// Asks one hook for its verdict, within its time limit. Notes the hook's name if it grants.
pub(super) async fn ask(
    hook: &dyn SigningHooks,
    cx: &mut SigningContext,
) -> Result<Verdict, Rejection> {
    let known = cx.granted_by().len();
    let call = guarded(
        hook.name(),
        "authorize",
        cx.time_limit(),
        hook.authorize(cx),
    )
    .await;
    let verdict = noted(cx, hook, "authorize", call)?;
    // A hook made of others has already noted which of them granted.
    if matches!(verdict, Verdict::Grant(_)) && cx.granted_by().len() == known {
        cx.granted(hook.name());
    }
    Ok(verdict)
}

/// Carries the rejection of a guarded `postsign` through the error type of that method.
#[derive(Debug)]
pub(crate) struct PostsignFailure(pub(crate) Rejection);

impl fmt::Display for PostsignFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.cause())
    }
}

impl std::error::Error for PostsignFailure {}

fn boxed(hooks: impl SigningHooks) -> Box<dyn SigningHooks> {
    Box::new(hooks)
}

fn noted<T>(
    cx: &SigningContext,
    hook: &dyn SigningHooks,
    method: &'static str,
    (answer, took): (Result<T, Rejection>, Duration),
) -> Result<T, Rejection>
where
    Result<T, Rejection>: InWords,
{
    cx.record(hook.name(), method, took, &answer);
    answer
}
