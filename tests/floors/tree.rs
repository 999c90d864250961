//! The modules of one crate, as the compiler sees them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use syn::Item;

use super::names::{Names, is_declared_elsewhere};
use super::test_code::is_for_tests;

/// All modules below one `lib.rs`, `main.rs` or `bin/*.rs`; unit tests are left out.
pub(super) struct Tree {
    pub(super) files: Vec<File>,
    /// The first is the root of the crate.
    pub(super) modules: Vec<Module>,
    /// The file of each `macro_rules!`, because a macro needs no path.
    pub(super) macros: HashMap<String, usize>,
    pub(super) faults: Vec<String>,
}

pub(super) struct File {
    /// Relative to the folder of sources.
    pub(super) path: String,
    pub(super) module: usize,
    pub(super) text: String,
    pub(super) syntax: Rc<syn::File>,
}

pub(super) struct Module {
    pub(super) parent: Option<usize>,
    pub(super) file: usize,
    pub(super) names: Names,
}

impl Tree {
    /// Reads the file `root` and all that its `mod` declarations lead to.
    pub(super) fn read(src: &Path, root: &Path) -> Self {
        let mut tree = Self {
            files: Vec::new(),
            modules: Vec::new(),
            macros: HashMap::new(),
            faults: Vec::new(),
        };
        let folder = root.parent().unwrap().to_owned();
        tree.read_file(src, root, &folder, None);
        tree
    }

    /// Reads one file; files of its modules lie in `folder`.
    fn read_file(
        &mut self,
        src: &Path,
        path: &Path,
        folder: &Path,
        parent: Option<usize>,
    ) -> usize {
        let shown = path.strip_prefix(src).unwrap_or(path).display().to_string();
        let text = fs::read_to_string(path).unwrap();
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| {
            self.faults.push(format!("{shown}: is not Rust: {error}"));
            syn::File {
                shebang: None,
                frontmatter: None,
                attrs: Vec::new(),
                items: Vec::new(),
            }
        });
        let syntax = Rc::new(syntax);
        let module = self.add_module(parent, self.files.len());
        self.files.push(File {
            path: shown,
            module,
            text,
            syntax: Rc::clone(&syntax),
        });
        self.read_items(src, &syntax.items, folder, module);
        module
    }

    fn add_module(&mut self, parent: Option<usize>, file: usize) -> usize {
        self.modules.push(Module {
            parent,
            file,
            names: Names::default(),
        });
        self.modules.len() - 1
    }

    fn read_items(&mut self, src: &Path, items: &[Item], folder: &Path, module: usize) {
        let file = self.modules[module].file;
        let mut names = Names::of(items, file, &mut self.macros);
        for item in items {
            let Item::Mod(declared) = item else { continue };
            if is_for_tests(&declared.attrs) {
                continue;
            }
            let name = declared.ident.to_string();
            let inside = folder.join(&name);
            let child = match &declared.content {
                Some((_, items)) => {
                    let child = self.add_module(Some(module), file);
                    self.read_items(src, items, &inside, child);
                    child
                }
                None if is_declared_elsewhere(declared) => {
                    let shown = &self.files[file].path;
                    let fault = format!("{shown}: says by #[path] where the module {name} lies");
                    self.faults.push(fault);
                    continue;
                }
                None => match file_of(folder, &name) {
                    Some(path) => self.read_file(src, &path, &inside, Some(module)),
                    None => {
                        let shown = &self.files[file].path;
                        let fault = format!("{shown}: declares {name}, which has no file");
                        self.faults.push(fault);
                        continue;
                    }
                },
            };
            names.add_module(name, child);
        }
        self.modules[module].names = names;
    }
}

fn file_of(folder: &Path, name: &str) -> Option<PathBuf> {
    let beside = folder.join(format!("{name}.rs"));
    let inside = folder.join(name).join("mod.rs");
    [beside, inside].into_iter().find(|path| path.is_file())
}
