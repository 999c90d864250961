//! Files that are too long, and files that hide their length.

use std::fs;
use std::path::Path;

use syn::Macro;
use syn::visit::{self, Visit};

use super::numbered::is_numbered_part;
use super::token_paths::calls;

const MOST_LINES: usize = 300;

/// The faults of one file; `shown` is what the fault calls it.
pub(super) fn length_faults(path: &Path, shown: &str) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES {
        faults.push(format!(
            "{shown}: has {lines} lines, and {MOST_LINES} are allowed"
        ));
    }
    if is_numbered_part(shown) {
        let fault = format!("{shown}: is named by a number, not by what is in it");
        faults.push(fault);
    }
    if has_include(&text) {
        let fault = format!("{shown}: has include!, which hides the length of a file");
        faults.push(fault);
    }
    faults
}

fn has_include(text: &str) -> bool {
    // Parsing takes time, and most files do not need it.
    if !text.replace(' ', "").contains("include!") {
        return false;
    }
    let mut includes = Includes(false);
    match syn::parse_file(text) {
        Ok(file) => includes.visit_file(&file),
        // A template is not plain Rust; its text decides.
        Err(_) => return true,
    }
    includes.0
}

struct Includes(bool);

impl Visit<'_> for Includes {
    fn visit_macro(&mut self, item: &Macro) {
        let last = item.path.segments.last();
        self.0 |= last.is_some_and(|last| last.ident == "include");
        self.0 |= calls(item.tokens.clone(), "include");
        visit::visit_macro(self, item);
    }
}
