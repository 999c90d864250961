//! What the names of one module mean.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, ItemMacro, ItemMod};

use super::imports::imports;
use super::test_code::is_for_tests;

#[derive(Default)]
pub(super) struct Names {
    named: HashMap<String, Vec<Meaning>>,
    /// Names inside of functions, which only this module sees.
    inner: HashMap<String, Vec<Meaning>>,
    /// The paths before `::*`.
    pub(super) globs: Vec<Vec<String>>,
}

#[derive(Clone)]
pub(super) enum Meaning {
    /// An item that the file of this number defines.
    Item(usize),
    Module(usize),
    /// A `use`: the name means what this path means.
    Import(Vec<String>),
}

impl Names {
    /// Names of all items but modules.
    pub(super) fn of(items: &[Item], file: usize, macros: &mut HashMap<String, usize>) -> Self {
        let mut names = Self::default();
        for item in items {
            if is_for_tests(attributes(item)) {
                continue;
            }
            names.add(item, file, macros, false);
            let mut inside = Inside {
                names: &mut names,
                file,
                macros,
            };
            visit::visit_item(&mut inside, item);
        }
        names
    }

    pub(super) fn add_module(&mut self, name: String, module: usize) {
        self.named
            .entry(name)
            .or_default()
            .push(Meaning::Module(module));
    }

    pub(super) fn meanings(&self, name: &str) -> &[Meaning] {
        self.named.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn inner_meanings(&self, name: &str) -> &[Meaning] {
        self.inner.get(name).map_or(&[], Vec::as_slice)
    }

    fn add(
        &mut self,
        item: &Item,
        file: usize,
        macros: &mut HashMap<String, usize>,
        is_inside: bool,
    ) {
        let mut found: Vec<(String, Meaning)> = Vec::new();
        match item {
            // `use ::name` is of another crate.
            Item::Use(item) if item.leading_colon.is_none() => {
                for import in imports(item) {
                    match import.name {
                        Some(name) => found.push((name, Meaning::Import(import.path))),
                        None if import.is_glob => self.globs.push(import.path),
                        None => {}
                    }
                }
            }
            Item::Macro(item) => match &item.ident {
                // Only its function sees such a macro.
                Some(_) if is_inside => {}
                Some(name) => {
                    macros.insert(name.to_string(), file);
                    found.push((name.to_string(), Meaning::Item(file)));
                }
                None => found.extend(defined_in(item).map(|name| (name, Meaning::Item(file)))),
            },
            _ => found.extend(defined_by(item).map(|name| (name, Meaning::Item(file)))),
        }
        let into = if is_inside {
            &mut self.inner
        } else {
            &mut self.named
        };
        for (name, meaning) in found {
            into.entry(name).or_default().push(meaning);
        }
    }
}

/// Adds the items inside of functions.
struct Inside<'a> {
    names: &'a mut Names,
    file: usize,
    macros: &'a mut HashMap<String, usize>,
}

impl Visit<'_> for Inside<'_> {
    fn visit_item(&mut self, item: &Item) {
        if !is_for_tests(attributes(item)) {
            self.names.add(item, self.file, self.macros, true);
            visit::visit_item(self, item);
        }
    }

    // Modules have names of their own.
    fn visit_item_mod(&mut self, _: &ItemMod) {}
}

fn defined_by(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// `thread_local! { static HERE: .. }` defines `HERE`.
fn defined_in(item: &ItemMacro) -> impl Iterator<Item = String> {
    const KEYWORDS: [&str; 7] = ["const", "enum", "fn", "static", "struct", "trait", "type"];
    let tokens: Vec<_> = TokenStream::clone(&item.mac.tokens).into_iter().collect();
    let names: Vec<_> = tokens
        .windows(2)
        .filter_map(|pair| match pair {
            [TokenTree::Ident(word), TokenTree::Ident(name)] => KEYWORDS
                .iter()
                .any(|keyword| word == keyword)
                .then(|| name.to_string()),
            _ => None,
        })
        .collect();
    names.into_iter()
}

pub(super) fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

pub(super) fn is_declared_elsewhere(module: &ItemMod) -> bool {
    module
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("path"))
}
