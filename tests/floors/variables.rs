//! The names of variables, which are not names of items.

use std::collections::HashSet;

use syn::visit::{self, Visit};
use syn::{Ident, PatIdent};

/// The variables of one function, closures included.
pub(super) struct Variables(HashSet<String>);

impl Variables {
    pub(super) fn of(visit: impl FnOnce(&mut Self)) -> Self {
        let mut variables = Self(HashSet::new());
        visit(&mut variables);
        variables
    }

    pub(super) fn have(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

impl Visit<'_> for Variables {
    fn visit_pat_ident(&mut self, pattern: &PatIdent) {
        if is_variable(&pattern.ident) {
            self.0.insert(pattern.ident.to_string());
        }
        visit::visit_pat_ident(self, pattern);
    }
}

/// In a pattern a lower-case name is a variable, and any other is a constant.
pub(super) fn is_variable(name: &Ident) -> bool {
    name.to_string()
        .starts_with(|first: char| !first.is_uppercase())
}
