//! `Hooks`: one hook or several put together, and the walk over them.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::call::InWords;
use super::context::SigningContext;
use super::guard::guarded;
use super::rejection::{BoxError, Rejection};
use super::signing_hooks::SigningHooks;
use super::verdict::{Terms, Verdict};
use crate::certificate::{DraftCertificate, IssuedCertificate, Issuer, SerialNumber};

/// One hook, or several put together by [`Chain`](crate::Chain) and [`FirstOf`](crate::FirstOf).
///
/// ```
/// use sapi::{Chain, Hooks, IntoHooks};
/// # struct Members;
/// # impl sapi::SigningHooks for Members {}
///
/// let alone: Hooks = Members.into_hooks();
/// let together: Hooks = Chain::new().then(Members).into_hooks();
/// ```
#[derive(Clone)]
pub struct Hooks {
    node: Node,
    /// Every hook of the tree, in order.
    each: Vec<Arc<dyn SigningHooks>>,
}

/// The tree that hooks form. A hook itself never knows its neighbours.
#[derive(Clone)]
pub(crate) enum Node {
    One(Arc<dyn SigningHooks>),
    /// Every member must agree; grants narrow one another.
    All(Vec<Node>),
    /// The first member that grants or rejects decides.
    FirstOf(Vec<Node>),
}

/// What can take part in deciding about requests: a hook, a [`Chain`](crate::Chain), a
/// [`FirstOf`](crate::FirstOf).
///
/// ```
/// # struct Members;
/// # impl sapi::SigningHooks for Members {}
/// fn pipeline(identity: sapi::Identity, hooks: impl sapi::IntoHooks) -> std::io::Result<sapi::Pipeline> {
///     sapi::Pipeline::new(identity, hooks)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of signing hooks",
    label = "does not implement `SigningHooks`",
    note = "write `#[sapi::async_trait] impl sapi::SigningHooks for {Self} {{ .. }}`; every method has a default"
)]
pub trait IntoHooks: Send + Sync + 'static {
    /// The hooks, ready to be asked.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// use sapi::IntoHooks;
    /// let hooks = Members.into_hooks();
    /// ```
    fn into_hooks(self) -> Hooks;
}

#[diagnostic::do_not_recommend]
impl<H: SigningHooks> IntoHooks for H {
    fn into_hooks(self) -> Hooks {
        Hooks::of(Node::One(Arc::new(self)))
    }
}

impl IntoHooks for Hooks {
    fn into_hooks(self) -> Hooks {
        self
    }
}

impl Hooks {
    pub(crate) fn of(node: Node) -> Self {
        let mut each = Vec::new();
        node.collect(&mut each);
        Self { node, each }
    }

    pub(crate) fn into_node(self) -> Node {
        self.node
    }

    /// Whether there is no hook to ask.
    pub(crate) fn is_empty(&self) -> bool {
        self.each.is_empty()
    }

    pub(crate) async fn boot(&self, ca: &Issuer) -> Result<(), BoxError> {
        for hook in &self.each {
            let named = |error: BoxError| format!("hook {}: {error}", hook.name());
            hook.boot(ca).await.map_err(named)?;
        }
        Ok(())
    }

    pub(crate) async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        self.node.authorize(cx).await
    }

    /// The first hook that chooses one wins.
    pub(crate) async fn serial_number(
        &self,
        cx: &SigningContext,
    ) -> Result<Option<SerialNumber>, Rejection> {
        const METHOD: &str = "serial_number";
        for hook in &self.each {
            let answer = hook.serial_number(cx);
            let call = guarded(hook.name(), METHOD, cx.time_limit(), answer).await;
            let chosen = noted(cx, hook.as_ref(), METHOD, call)?;
            if chosen.is_some() {
                return Ok(chosen);
            }
        }
        Ok(None)
    }

    pub(crate) async fn presign(
        &self,
        cx: &mut SigningContext,
        draft: &mut DraftCertificate,
    ) -> Result<(), Rejection> {
        const METHOD: &str = "presign";
        for hook in &self.each {
            let limit = cx.time_limit();
            let call = guarded(hook.name(), METHOD, limit, hook.presign(cx, draft)).await;
            noted(cx, hook.as_ref(), METHOD, call)?;
        }
        Ok(())
    }

    pub(crate) async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), Rejection> {
        const METHOD: &str = "postsign";
        for hook in &self.each {
            let limit = cx.time_limit();
            let call = guarded(hook.name(), METHOD, limit, hook.postsign(cx, cert)).await;
            noted(cx, hook.as_ref(), METHOD, call)?;
        }
        Ok(())
    }
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Verdict, Rejection>> + Send + 'a>>;

impl Node {
    fn collect(&self, each: &mut Vec<Arc<dyn SigningHooks>>) {
        match self {
            Self::One(hook) => each.push(Arc::clone(hook)),
            Self::All(members) | Self::FirstOf(members) => {
                members.iter().for_each(|member| member.collect(each));
            }
        }
    }

    fn authorize<'a>(&'a self, cx: &'a mut SigningContext) -> Answer<'a> {
        Box::pin(async move {
            match self {
                Self::One(hook) => ask(hook.as_ref(), cx).await,
                Self::All(members) => ask_all(members, cx).await,
                Self::FirstOf(members) => ask_first_of(members, cx).await,
            }
        })
    }
}

async fn ask_all(members: &[Node], cx: &mut SigningContext) -> Result<Verdict, Rejection> {
    let mut granted: Option<Terms> = None;
    for member in members {
        if let Verdict::Grant(terms) = member.authorize(cx).await? {
            granted = Some(match granted {
                Some(before) => before.narrow(&terms),
                None => terms,
            });
        }
    }
    Ok(granted.map_or(Verdict::Abstain, Verdict::Grant))
}

async fn ask_first_of(members: &[Node], cx: &mut SigningContext) -> Result<Verdict, Rejection> {
    for member in members {
        let verdict = member.authorize(cx).await?;
        if matches!(verdict, Verdict::Grant(_)) {
            return Ok(verdict);
        }
    }
    Ok(Verdict::Abstain)
}

/// Asks one hook for its verdict, within its time limit. Notes the hook's name if it grants.
async fn ask(hook: &dyn SigningHooks, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
    const METHOD: &str = "authorize";
    let limit = cx.time_limit();
    let call = guarded(hook.name(), METHOD, limit, hook.authorize(cx)).await;
    let verdict = noted(cx, hook, METHOD, call)?;
    if matches!(verdict, Verdict::Grant(_)) {
        cx.granted(hook.name());
    }
    Ok(verdict)
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

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(hook) => f.write_str(hook.name()),
            Self::All(members) => f.debug_list().entries(members).finish(),
            Self::FirstOf(members) => f.debug_tuple("FirstOf").field(members).finish(),
        }
    }
}
