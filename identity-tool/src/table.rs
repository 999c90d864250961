//! Tables for people: aligned columns, and colours only on a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, SystemTime};

use der::DateTime;

/// Whether standard output shows colours (<https://no-color.org>).
pub(crate) fn colours() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes rows under a heading. Each column is as wide as its widest cell.
pub(crate) fn write_table(
    to: &mut impl Write,
    heading: &[&str],
    rows: &[Vec<String>],
    colour: impl Fn(&str) -> Option<&'static str>,
) -> io::Result<()> {
    let heading: Vec<String> = heading.iter().map(|&cell| cell.to_owned()).collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in std::iter::once(&heading).chain(rows) {
        for (column, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(column) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    for row in std::iter::once(&heading).chain(rows) {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if column > 0 {
                line.push_str("  ");
            }
            let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
            match colour(cell) {
                Some(code) => line.push_str(&format!("{code}{cell}\u{1b}[0m{padding}")),
                None => line.push_str(&format!("{cell}{padding}")),
            }
        }
        writeln!(to, "{}", line.trim_end())?;
    }
    Ok(())
}

/// How long ago, in the largest unit that fits: `45s`, `12m`, `5h`, `3d`.
pub(crate) fn age(since: SystemTime, now: SystemTime) -> String {
    let seconds = now
        .duration_since(since)
        .unwrap_or(Duration::ZERO)
        .as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// `2026-11-21T09:43:00Z`.
pub(crate) fn moment(time: SystemTime) -> String {
    let moment = DateTime::from_system_time(time);
    moment.map_or_else(
        |_| "not in 1970 to 9999".into(),
        |moment| moment.to_string(),
    )
}

/// Prints a value as JSON, for scripts.
pub(crate) fn write_json(value: &impl serde::Serialize) -> io::Result<()> {
    let mut output = io::stdout();
    serde_json::to_writer_pretty(&mut output, value)?;
    writeln!(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut text = Vec::new();
        let rows = [["a".to_owned(), "é".to_owned(), "x".to_owned()].to_vec()];
        write_table(&mut text, &["ONE", "TWO", "THREE"], &rows, |_| None).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "ONE  TWO  THREE\na    é    x\n"
        );
    }

    #[test]
    fn times_are_rfc_3339_in_whole_seconds() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_254_180_999);
        assert_eq!(moment(time), "2026-11-21T09:43:00Z");
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(moment(before), "not in 1970 to 9999");
    }

    #[test]
    fn ages() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        for (seconds, text) in [
            (0, "0s"),
            (59, "59s"),
            (61, "1m"),
            (7200, "2h"),
            (90_000, "25h"),
            (260_000, "3d"),
        ] {
            assert_eq!(age(now - Duration::from_secs(seconds), now), text);
        }
        assert_eq!(
            age(now + Duration::from_secs(5), now),
            "0s",
            "clocks differ"
        );
    }
}
