//! The order of the rooms inside a module.
//!
//! A blank line between two `mod` declarations separates lower rooms, which come first, from higher ones.
//! A lower room does not use a higher one. Without a blank line any order is good.

use std::collections::BTreeMap;

use super::edges::Edges;
use super::place::Place;

/// A `mod` declaration in a file.
pub(super) struct Declared<'a> {
    pub(super) name: &'a str,
    /// The number of blank lines before it, after the first declaration.
    group: usize,
}

impl<'a> Declared<'a> {
    pub(super) fn all(text: &'a str) -> Vec<Self> {
        let mut found = Vec::new();
        let (mut group, mut is_parted) = (0, false);
        for line in text.lines() {
            is_parted |= line.is_empty() && !found.is_empty();
            let Some(name) = declared_in(line) else {
                continue;
            };
            group += usize::from(std::mem::take(&mut is_parted));
            found.push(Self { name, group });
        }
        found
    }
}

/// `pub(crate) mod name;` declares `name`.
fn declared_in(line: &str) -> Option<&str> {
    let (before, name) = line.strip_suffix(';')?.split_once("mod ")?;
    let is_plain = before.is_empty() || before.starts_with("pub");
    (is_plain && before.trim_end().len() != before.len() || before.is_empty()).then_some(name)
}

/// The group of each module, by the file that declares it.
#[derive(Default)]
pub(super) struct Rooms(BTreeMap<(String, String), BTreeMap<String, usize>>);

impl Rooms {
    pub(super) fn add(&mut self, file: &str, text: &str) {
        let place = Place::of(file).shown();
        let groups = Declared::all(text)
            .into_iter()
            .map(|declared| (declared.name.to_owned(), declared.group));
        self.0.insert((place, file.to_owned()), groups.collect());
    }

    pub(super) fn faults(&self, edges: &Edges) -> Vec<String> {
        let mut faults = Vec::new();
        for (user, definer) in edges.pairs() {
            let Some((own, other)) = Place::of(user).parted_from(&Place::of(definer)) else {
                continue;
            };
            let (module, own) = own.rsplit_once('/').unwrap_or(("", &own));
            let (_, other) = other.rsplit_once('/').unwrap_or(("", &other));
            let declaring = self.0.iter().filter(|((place, _), _)| place == module);
            for ((_, file), groups) in declaring {
                if let (Some(lower), Some(higher)) = (groups.get(own), groups.get(other))
                    && lower < higher
                {
                    let told = edges.told(user, definer);
                    let fault = format!("{told}: {file} puts the room {own} below {other}");
                    faults.push(fault);
                }
            }
        }
        faults
    }
}
