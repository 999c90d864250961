//! Asking a person.

use std::io::{self, BufRead, IsTerminal, Write};

/// Asks on standard error. Returns `None` without a terminal, because nobody would answer.
pub(crate) fn confirm(question: &str) -> io::Result<Option<bool>> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Ok(None);
    }
    let mut output = io::stderr();
    write!(output, "{question} [y/N] ")?;
    output.flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(Some(yes(&answer)))
}

fn yes(answer: &str) -> bool {
    matches!(answer.trim(), "y" | "Y" | "yes" | "Yes" | "YES")
}

#[cfg(test)]
mod tests {
    use super::yes;

    #[test]
    fn only_a_clear_yes_is_one() {
        for answer in ["y\n", "Y\n", "yes\n", " yes \r\n"] {
            assert!(yes(answer), "{answer:?}");
        }
        for answer in ["", "\n", "n\n", "no\n", "yep\n", "yy\n", "1\n"] {
            assert!(!yes(answer), "{answer:?}");
        }
    }
}
