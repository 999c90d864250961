//! Paths in the tokens of a macro, which only the macro can parse.

use proc_macro2::{TokenStream, TokenTree};

/// Every path and every single name; not fields, methods, names of arguments and `$variables`.
pub(super) fn paths(tokens: TokenStream) -> Vec<Vec<String>> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        match &tokens[place] {
            TokenTree::Group(group) => found.extend(paths(group.stream())),
            TokenTree::Ident(first) => {
                let is_after = |sign| place > 0 && is_sign(tokens.get(place - 1), sign);
                let is_of_other = is_after('.') || (is_after('$') && first != "crate");
                let mut path = vec![first.to_string()];
                while let Some(TokenTree::Ident(next)) = tokens.get(place + 3)
                    && is_sign(tokens.get(place + 1), ':')
                    && is_sign(tokens.get(place + 2), ':')
                {
                    path.push(next.to_string());
                    place += 3;
                }
                let is_label = path.len() == 1 && is_label(&tokens[place + 1..]);
                if !is_of_other && !is_label {
                    found.push(path);
                }
            }
            _ => {}
        }
        place += 1;
    }
    found
}

/// `name: ..` or `name = ..`
fn is_label(after: &[TokenTree]) -> bool {
    let is = |place: usize, sign| is_sign(after.get(place), sign);
    (is(0, ':') && !is(1, ':')) || (is(0, '=') && !is(1, '=') && !is(1, '>'))
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == sign)
}

/// Whether the tokens call the macro of that name.
pub(super) fn calls(tokens: TokenStream, name: &str) -> bool {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is_call = |(place, token): (usize, &TokenTree)| match token {
        TokenTree::Ident(word) => word == name && is_sign(tokens.get(place + 1), '!'),
        TokenTree::Group(group) => calls(group.stream(), name),
        _ => false,
    };
    tokens.iter().enumerate().any(is_call)
}
