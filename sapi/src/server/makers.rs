//! What makes the hooks: at the start, at each reload, for each rehearsal.

use super::boot::Boot;
use super::error::StartFault;
use crate::hooks::{BoxError, Chain, Hooks, IntoHooks};
use crate::settings::sources::Sources;

type Maker = Box<dyn Fn(&Boot) -> Result<Hooks, BoxError> + Send + Sync>;

/// The makers of the hooks, in the order in which hooks are asked.
#[derive(Default)]
pub(crate) struct Makers(Vec<Maker>);

impl Makers {
    pub(crate) fn add(
        &mut self,
        make: impl Fn(&Boot) -> Result<Hooks, BoxError> + Send + Sync + 'static,
    ) {
        self.0.push(Box::new(make));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Makes the hooks for these settings.
    pub(crate) fn make(&self, sources: &Sources) -> Result<Hooks, StartFault> {
        self.make_with(&Boot::new(sources.clone(), false))
    }

    /// The same for a rehearsal.
    pub(crate) fn rehearse(&self, sources: &Sources) -> Result<Hooks, StartFault> {
        self.make_with(&Boot::new(sources.clone(), true))
    }

    fn make_with(&self, boot: &Boot) -> Result<Hooks, StartFault> {
        let mut chain = Chain::new();
        for make in &self.0 {
            let hooks = make(boot).map_err(|error| match boot.misspelt() {
                Some(hint) => StartFault::Hooks(format!("{error}; {hint}").into()),
                None => StartFault::Hooks(error),
            })?;
            chain = chain.then(hooks);
        }
        let hooks = chain.into_hooks();
        if hooks.is_empty() {
            return Err(StartFault::NoHooks);
        }
        boot.refuse_unread()?;
        Ok(hooks)
    }
}
