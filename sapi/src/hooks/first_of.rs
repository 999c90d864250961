//! `FirstOf`: several hooks as alternatives, where one grant is enough.

use std::fmt;

use super::composition::{Hooks, IntoHooks, Node};

/// Asks hooks in order until one grants or rejects: an "or", where [`Chain`](crate::Chain) is an "and".
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
#[derive(Clone, Default)]
pub struct FirstOf {
    members: Vec<Node>,
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

    /// Adds hooks to the end. A chain is one alternative.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let first = sapi::FirstOf::new().then(Members);
    /// ```
    #[must_use]
    pub fn then(mut self, hooks: impl IntoHooks) -> Self {
        self.members.push(hooks.into_hooks().into_node());
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoHooks for FirstOf {
    fn into_hooks(self) -> Hooks {
        Hooks::of(Node::FirstOf(self.members))
    }
}

impl fmt::Debug for FirstOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FirstOf").field(&self.members).finish()
    }
}
