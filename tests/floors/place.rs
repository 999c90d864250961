//! Where a file is in the tree of modules.

/// `request/csr.rs` is `request`, `csr`; `request/mod.rs` is `request`; `lib.rs` is nothing.
pub(super) struct Place<'a>(Vec<&'a str>);

impl<'a> Place<'a> {
    pub(super) fn of(file: &'a str) -> Self {
        let parts = file.trim_end_matches(".rs").split('/');
        Self(
            parts
                .filter(|part| !["mod", "lib", "main"].contains(part))
                .collect(),
        )
    }

    /// The module just below the root.
    pub(super) fn top(&self) -> Option<&'a str> {
        self.0.first().copied()
    }

    /// The two parts in which they are, of the deepest module that has both.
    ///
    /// Nothing if one of them is in the other.
    pub(super) fn parted_from(&self, other: &Self) -> Option<(String, String)> {
        let same = self.0.iter().zip(&other.0);
        let shared = same.take_while(|(one, other)| one == other).count();
        let part = |place: &Self| place.0.get(..=shared).map(|parts| parts.join("/"));
        Some((part(self)?, part(other)?))
    }

    pub(super) fn shown(&self) -> String {
        self.0.join("/")
    }
}
