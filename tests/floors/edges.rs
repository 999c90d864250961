//! Which file uses which, and what of it.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Edges {
    /// What the first file uses that the second defines.
    uses: BTreeMap<(String, String), BTreeSet<String>>,
    from_root: BTreeSet<(String, String)>,
    crates: BTreeSet<(String, String)>,
    lost: BTreeSet<(String, String)>,
}

impl Edges {
    pub(super) fn add(&mut self, user: &str, definer: &str, name: &str) {
        if user != definer {
            let names = self.uses.entry((user.to_owned(), definer.to_owned()));
            names.or_default().insert(name.to_owned());
        }
    }

    /// `crate::Name`, where no module has that name.
    pub(super) fn take_from_root(&mut self, user: &str, name: &str) {
        self.from_root.insert((user.to_owned(), name.to_owned()));
    }

    /// A path that begins with the name of another crate.
    pub(super) fn use_crate(&mut self, user: &str, name: &str) {
        self.crates.insert((user.to_owned(), name.to_owned()));
    }

    /// A path into this crate that leads nowhere: the code is not understood.
    pub(super) fn lose(&mut self, user: &str, path: &str) {
        self.lost.insert((user.to_owned(), path.to_owned()));
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.uses.extend(other.uses);
        self.from_root.extend(other.from_root);
        self.crates.extend(other.crates);
        self.lost.extend(other.lost);
    }

    /// User and definer.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        shown(self.uses.keys())
    }

    /// File and name.
    pub(super) fn taken_from_root(&self) -> impl Iterator<Item = (&str, &str)> {
        shown(&self.from_root)
    }

    /// File and path.
    pub(super) fn lost(&self) -> impl Iterator<Item = (&str, &str)> {
        shown(&self.lost)
    }

    pub(super) fn uses_crate(&self, user: &str, name: &str) -> bool {
        self.crates.contains(&(user.to_owned(), name.to_owned()))
    }

    /// `a.rs -> b.rs: Name, Name`
    pub(super) fn told(&self, user: &str, definer: &str) -> String {
        let names = self.uses.get(&(user.to_owned(), definer.to_owned()));
        let names: Vec<_> = names.into_iter().flatten().map(String::as_str).collect();
        format!("{user} -> {definer}: {}", names.join(", "))
    }
}

fn shown<'a>(
    pairs: impl IntoIterator<Item = &'a (String, String)>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    pairs
        .into_iter()
        .map(|(one, other)| (one.as_str(), other.as_str()))
}
