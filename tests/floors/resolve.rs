//! Follows a path to the file that defines what it names, through every re-export.

use std::collections::HashSet;

use super::names::Meaning;
use super::tree::Tree;

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Found {
    /// An item, and the file of this number defines it.
    Item {
        file: usize,
        name: String,
    },
    Module(usize),
}

/// The questions being answered: imports may go in a circle.
type Asked = HashSet<(usize, String)>;

impl Tree {
    /// All that the path may mean in that module: nothing if it leads to another crate.
    pub(super) fn resolve(&self, module: usize, path: &[String]) -> Vec<Found> {
        self.follow(module, path, &mut Asked::new())
    }

    /// The name that the path takes from the crate's root, if it begins there.
    pub(super) fn taken_from_root<'p>(&self, module: usize, path: &'p [String]) -> Option<&'p str> {
        let (start, rest) = self.start(module, path)?;
        (start == 0 && module != 0)
            .then(|| rest.first().map(String::as_str))
            .flatten()
    }

    pub(super) fn is_child_of_root(&self, name: &str) -> bool {
        let meanings = self.modules[0].names.meanings(name);
        meanings
            .iter()
            .any(|meaning| matches!(meaning, Meaning::Module(_)))
    }

    fn follow(&self, module: usize, path: &[String], asked: &mut Asked) -> Vec<Found> {
        let (mut found, rest) = match self.start(module, path) {
            Some((start, rest)) => (vec![Found::Module(start)], rest),
            None => {
                let Some((first, rest)) = path.split_first() else {
                    return Vec::new();
                };
                let mut found = self.look_up(module, first, asked);
                if found.is_empty() {
                    let inner = self.modules[module].names.inner_meanings(first);
                    found = self.all(module, first, inner, asked);
                }
                (found, rest)
            }
        };
        for name in rest {
            found = self.step(&found, name, asked);
        }
        found
    }

    /// The module at which `crate::`, `self::` or `super::` begin, and the rest of the path.
    fn start<'p>(&self, module: usize, path: &'p [String]) -> Option<(usize, &'p [String])> {
        let mut at = match path.first()?.as_str() {
            "crate" => 0,
            "self" => module,
            "super" => self.modules[module].parent?,
            _ => return None,
        };
        let mut rest = &path[1..];
        while rest.first().is_some_and(|word| word == "super") {
            at = self.modules[at].parent?;
            rest = &rest[1..];
        }
        Some((at, rest))
    }

    fn look_up(&self, module: usize, name: &str, asked: &mut Asked) -> Vec<Found> {
        if !asked.insert((module, name.to_owned())) {
            return Vec::new();
        }
        let names = &self.modules[module].names;
        let mut found = self.all(module, name, names.meanings(name), asked);
        if found.is_empty() {
            for path in &names.globs {
                let opened = self.follow(module, path, asked);
                let modules = opened
                    .iter()
                    .filter(|opened| matches!(opened, Found::Module(_)));
                found.extend(self.step(&modules.cloned().collect::<Vec<_>>(), name, asked));
            }
        }
        if module == 0
            && found.is_empty()
            && let Some(file) = self.macros.get(name)
        {
            // `#[macro_export]` puts a macro at the root.
            let (file, name) = (*file, name.to_owned());
            found.push(Found::Item { file, name });
        }
        asked.remove(&(module, name.to_owned()));
        found
    }

    fn all(
        &self,
        module: usize,
        name: &str,
        meanings: &[Meaning],
        asked: &mut Asked,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        for meaning in meanings {
            match meaning {
                Meaning::Item(file) => found.push(Found::Item {
                    file: *file,
                    name: name.to_owned(),
                }),
                Meaning::Module(module) => found.push(Found::Module(*module)),
                Meaning::Import(path) => found.extend(self.follow(module, path, asked)),
            }
        }
        found
    }

    /// Looks for `name` in each of these; in a type it is a variant or a function of the type.
    fn step(&self, from: &[Found], name: &str, asked: &mut Asked) -> Vec<Found> {
        let mut found = Vec::new();
        for one in from {
            if let Found::Module(module) = one {
                found.extend(self.look_up(*module, name, asked));
            }
        }
        if found.is_empty() {
            let is_item = |one: &&Found| matches!(one, Found::Item { .. });
            found.extend(from.iter().filter(is_item).cloned());
        }
        found
    }
}
