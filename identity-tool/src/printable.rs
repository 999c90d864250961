//! Text of strangers, made safe to print on a terminal.

/// For a list: escapes what steers a terminal or turns the direction of reading.
pub(crate) fn printable(text: &str) -> String {
    escape(text, |c| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    })
}

/// For a person who decides: escapes everything but printable ASCII. A letter of another script may look like
/// a Latin one.
pub(crate) fn ascii(text: &str) -> String {
    escape(text, |c| !matches!(c, ' '..='~'))
}

fn escape(text: &str, is_odd: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_odd(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_does_not_steer_the_terminal() {
        let text = "CN=\u{1b}[2Jr\u{e4}ksm\u{f6}rg\u{e5}s\u{202e}\u{9b}\n";
        assert_eq!(
            printable(text),
            "CN=\\u{1b}[2Jr\u{e4}ksm\u{f6}rg\u{e5}s\\u{202e}\\u{9b}\\u{a}"
        );
        assert_eq!(
            ascii(text),
            "CN=\\u{1b}[2Jr\\u{e4}ksm\\u{f6}rg\\u{e5}s\\u{202e}\\u{9b}\\u{a}"
        );
        assert_eq!(ascii("CN=a b~"), "CN=a b~");
    }
}
