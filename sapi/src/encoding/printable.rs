//! Text of strangers, made safe to show: it may contain what a terminal takes for a command.
//!
//! ```
//! assert_eq!(sapi::printable::ascii("CN=web01\u{1b}[2J"), r"CN=web01\u{1b}[2J");
//! ```

/// For a person who decides: only printable ASCII is shown as it is. A letter of another script may look like
/// a Latin one, and some characters turn the direction of reading.
///
/// ```
/// assert_eq!(sapi::printable::ascii("p\u{430}ypal"), r"p\u{430}ypal"); // a Cyrillic letter
/// ```
#[must_use]
pub fn ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => shown.push(c),
            _ => shown.extend(c.escape_unicode()),
        }
    }
    shown
}

/// For a log and for other programs: one line, in any script.
///
/// ```
/// assert_eq!(sapi::printable::line("a\nb"), "a\u{fffd}b");
/// ```
#[must_use]
pub fn line(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{2028}' | '\u{2029}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_does_not_steer_the_terminal() {
        let text = "CN=a b~\u{1b}[2J\n\u{7f}\u{9b}\u{2028}\u{202e}é";
        assert_eq!(
            ascii(text),
            r"CN=a b~\u{1b}[2J\u{a}\u{7f}\u{9b}\u{2028}\u{202e}\u{e9}"
        );
        let fffd = '\u{fffd}';
        assert_eq!(
            line(text),
            format!("CN=a b~{fffd}[2J{fffd}{fffd}{fffd}{fffd}\u{202e}é")
        );
    }
}
