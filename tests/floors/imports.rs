//! The single imports in a `use`.

use syn::{ItemUse, UseTree};

pub(super) struct Import {
    /// What the module calls it; nothing for `*` and for `as _`.
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
    pub(super) is_glob: bool,
}

/// `use a::{b, c::*, d as e}` is three imports.
pub(super) fn imports(item: &ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    collect(&item.tree, &mut Vec::new(), &mut found);
    found
}

fn collect(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            collect(&part.tree, path, found);
            path.pop();
        }
        UseTree::Name(last) => {
            let path = ending(path, &last.ident.to_string());
            found.push(Import {
                name: path.last().cloned(),
                path,
                is_glob: false,
            });
        }
        UseTree::Rename(last) => found.push(Import {
            name: Some(last.rename.to_string()).filter(|name| name != "_"),
            path: ending(path, &last.ident.to_string()),
            is_glob: false,
        }),
        UseTree::Glob(_) => found.push(Import {
            name: None,
            path: path.clone(),
            is_glob: true,
        }),
        UseTree::Group(group) => {
            for tree in &group.items {
                collect(tree, path, found);
            }
        }
    }
}

/// `a::b::{self}` is `a::b`.
fn ending(path: &[String], last: &str) -> Vec<String> {
    let mut path = path.to_vec();
    if last != "self" || path.is_empty() {
        path.push(last.to_owned());
    }
    path
}
