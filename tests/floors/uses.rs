//! Every use that a file makes of items of other files.

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, ExprPath, ImplItem, ImplItemFn, Item, ItemFn, ItemMod, ItemUse, Lit,
    Macro, PatIdent, Path, Token, TraitItem, TraitItemFn, Visibility,
};

use super::edges::Edges;
use super::imports::imports;
use super::names::attributes;
use super::resolve::Found;
use super::test_code::is_for_tests;
use super::token_paths::paths;
use super::tree::Tree;
use super::variables::{Variables, is_variable};

/// All edges of a tree.
pub(super) fn edges(tree: &Tree) -> Edges {
    let mut edges = Edges::default();
    for (number, file) in tree.files.iter().enumerate() {
        let mut uses = Uses {
            tree,
            file: number,
            module: file.module,
            variables: Vec::new(),
            edges: &mut edges,
        };
        uses.visit_file(&file.syntax);
    }
    edges
}

struct Uses<'a> {
    tree: &'a Tree,
    file: usize,
    module: usize,
    /// The variables of each function around.
    variables: Vec<Variables>,
    edges: &'a mut Edges,
}

impl Uses<'_> {
    fn record(&mut self, path: &[String]) {
        let tree = self.tree;
        let own = &tree.files[self.file].path;
        if let Some(name) = tree.taken_from_root(self.module, path)
            && !tree.is_child_of_root(name)
        {
            self.edges.take_from_root(own, name);
        }
        let found = tree.resolve(self.module, path);
        if found.is_empty() && is_inside(path) {
            self.edges.lose(own, &path.join("::"));
        } else if found.is_empty() {
            self.record_if_outside(path);
        }
        for found in found {
            if let Found::Item { file, name } = found {
                self.edges.add(own, &tree.files[file].path, &name);
            }
        }
    }

    fn record_if_outside(&mut self, path: &[String]) {
        if self.tree.resolve(self.module, &path[..1]).is_empty() {
            self.record_crate(path);
        }
    }

    fn record_crate(&mut self, path: &[String]) {
        let own = &self.tree.files[self.file].path;
        self.edges.use_crate(own, &path[0]);
    }

    /// A module as a value, as in `#[serde(with = "moment")]`.
    fn record_module(&mut self, path: &[String]) {
        for found in self.tree.resolve(self.module, path) {
            if let Found::Module(module) = found {
                let file = self.tree.modules[module].file;
                let (own, other) = (
                    &self.tree.files[self.file].path,
                    &self.tree.files[file].path,
                );
                self.edges.add(own, other, path.last().unwrap());
            }
        }
    }

    fn record_tokens(&mut self, tokens: &proc_macro2::TokenStream) {
        for path in paths(tokens.clone()) {
            if path.len() > 1 || !self.is_a_variable(&path[0]) {
                self.record(&path);
            }
        }
    }

    fn is_a_variable(&self, name: &str) -> bool {
        self.variables.iter().any(|variables| variables.have(name))
    }

    fn within(&mut self, variables: Variables, visit: impl FnOnce(&mut Self)) {
        self.variables.push(variables);
        visit(self);
        self.variables.pop();
    }
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let name = [item.ident.to_string()];
        let Some((_, items)) = &item.content else {
            return;
        };
        let child = self.tree.resolve(self.module, &name);
        let child = child.iter().find_map(|found| match found {
            Found::Module(module) => Some(*module),
            Found::Item { .. } => None,
        });
        // The tree has no modules of tests.
        if let Some(child) = child {
            let outer = std::mem::replace(&mut self.module, child);
            items.iter().for_each(|item| self.visit_item(item));
            self.module = outer;
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        for import in imports(item) {
            if item.leading_colon.is_some() {
                self.record_crate(&import.path);
            } else if matches!(item.vis, Visibility::Inherited) {
                self.record(&import.path);
            } else {
                // A re-export hands on; whoever uses the name has the edge.
                self.record_if_outside(&import.path);
            }
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let variables = Variables::of(|found| found.visit_item_fn(item));
        self.within(variables, |uses| visit::visit_item_fn(uses, item));
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let is_test = matches!(item, ImplItem::Fn(item) if is_for_tests(&item.attrs));
        if !is_test {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        let variables = Variables::of(|found| found.visit_impl_item_fn(item));
        self.within(variables, |uses| visit::visit_impl_item_fn(uses, item));
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        let is_test = matches!(item, TraitItem::Fn(item) if is_for_tests(&item.attrs));
        if !is_test {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        let variables = Variables::of(|found| found.visit_trait_item_fn(item));
        self.within(variables, |uses| visit::visit_trait_item_fn(uses, item));
    }

    fn visit_expr_path(&mut self, expr: &'ast ExprPath) {
        let is_a_variable = |name: &syn::Ident| self.is_a_variable(&name.to_string());
        match &expr.qself {
            // `<Type>::name` uses the type alone.
            Some(of) if of.position == 0 => self.visit_type(&of.ty),
            None if expr.path.get_ident().is_some_and(is_a_variable) => {}
            _ => visit::visit_expr_path(self, expr),
        }
    }

    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        if !is_variable(&pattern.ident) {
            self.record(&[pattern.ident.to_string()]);
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        match path.leading_colon {
            Some(_) => self.record_crate(&names(path)),
            None => self.record(&names(path)),
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        let name = names(&item.path);
        match self.tree.macros.get(&name[0]).filter(|_| name.len() == 1) {
            Some(file) => {
                let files = &self.tree.files;
                self.edges
                    .add(&files[self.file].path, &files[*file].path, &name[0]);
            }
            None => self.record(&name),
        }
        let list = item.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        if let Ok(list) = list {
            for expr in &list {
                match expr {
                    // `name = value` names an argument.
                    Expr::Assign(named) => self.visit_expr(&named.right),
                    _ => self.visit_expr(expr),
                }
            }
        } else if let Ok(statements) = item.parse_body_with(Block::parse_within) {
            statements
                .iter()
                .for_each(|statement| self.visit_stmt(statement));
        } else {
            self.record_tokens(&item.tokens);
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        const PLAIN: [&str; 6] = ["allow", "cfg", "cfg_attr", "derive", "doc", "expect"];
        if PLAIN.iter().any(|plain| attribute.path().is_ident(plain)) {
            return;
        }
        self.record_if_outside(&names(attribute.path()));
        let syn::Meta::List(list) = &attribute.meta else {
            return;
        };
        self.record_tokens(&list.tokens);
        if attribute.path().is_ident("serde") {
            for path in quoted_paths(&list.tokens) {
                self.record(&path);
                self.record_module(&path);
            }
        }
    }
}

fn names(path: &Path) -> Vec<String> {
    path.segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect()
}

/// Serde takes paths as text.
fn quoted_paths(tokens: &proc_macro2::TokenStream) -> Vec<Vec<String>> {
    let text = |token| match syn::parse2::<Lit>(proc_macro2::TokenStream::from(token)) {
        Ok(Lit::Str(text)) => text.parse::<Path>().ok(),
        _ => None,
    };
    tokens
        .clone()
        .into_iter()
        .filter_map(text)
        .map(|path| names(&path))
        .collect()
}

/// Whether the path can lead nowhere but into this crate.
fn is_inside(path: &[String]) -> bool {
    ["crate", "self", "super"].contains(&path[0].as_str())
}
