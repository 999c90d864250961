//! `Chain`: several hooks that must all agree.

use std::fmt;

use super::composition::{Hooks, IntoHooks, Node};

/// Asks hooks in order. The first rejection ends the request; grants narrow one another; the first
/// serial number wins. Each hook has its own time limit.
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
#[derive(Clone, Default)]
pub struct Chain {
    members: Vec<Node>,
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

    /// Adds hooks to the end. The hooks of another chain are added one by one.
    ///
    /// ```
    /// # struct Members;
    /// # impl sapi::SigningHooks for Members {}
    /// let chain = sapi::Chain::new().then(Members);
    /// ```
    #[must_use]
    pub fn then(mut self, hooks: impl IntoHooks) -> Self {
        match hooks.into_hooks().into_node() {
            Node::All(members) => self.members.extend(members),
            member => self.members.push(member),
        }
        self
    }

    /// How many members there are.
    ///
    /// ```
    /// assert_eq!(sapi::Chain::new().len(), 0);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether the chain is empty.
    ///
    /// ```
    /// assert!(sapi::Chain::new().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

#[diagnostic::do_not_recommend]
impl IntoHooks for Chain {
    fn into_hooks(self) -> Hooks {
        Hooks::of(Node::All(self.members))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.members).finish()
    }
}
