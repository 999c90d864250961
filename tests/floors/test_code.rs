//! Which code is of unit tests: they may look wherever they like.

use syn::punctuated::Punctuated;
use syn::{Attribute, ItemMod, Meta, Token};

pub(super) fn is_test_module(module: &ItemMod) -> bool {
    module.ident == "tests" || is_for_tests(&module.attrs)
}

/// Whether a `#[cfg(..)]` leaves the item out of all but tests.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .any(|attribute| {
            attribute
                .parse_args::<Meta>()
                .is_ok_and(|meta| needs_tests(&meta))
        })
}

fn needs_tests(condition: &Meta) -> bool {
    if condition.path().is_ident("test") {
        return true;
    }
    let Meta::List(list) = condition else {
        return false;
    };
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let parts = parts.unwrap_or_default();
    (list.path.is_ident("all") && parts.iter().any(needs_tests))
        || (list.path.is_ident("any") && parts.iter().all(needs_tests))
}
