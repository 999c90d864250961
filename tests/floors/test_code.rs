//! Tells unit tests from the product: tests may use what they like.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// Whether only tests compile the item, because of a `#[cfg(..)]`.
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
