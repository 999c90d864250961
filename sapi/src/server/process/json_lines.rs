//! Log lines as JSON. The audit line, one for each request, has a faster writer.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Json, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::pipeline::audit::TARGET;

/// Writes audit lines itself, and leaves the others to tracing-subscriber's formatter. That one takes four
/// times as long for an audit line, mostly because it checks and copies each piece of text on its own.
pub(crate) struct JsonLines {
    pub(crate) others: Format<Json, SystemTime>,
}

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != TARGET {
            return self.others.format_event(context, writer, event);
        }
        writer.write_str(&audit_line(event)?)
    }
}

/// Writes the keys that every line has, but no span: the line itself names its request.
fn audit_line(event: &Event<'_>) -> Result<String, fmt::Error> {
    let mut line = String::with_capacity(1024);
    line.push_str("{\"timestamp\":\"");
    SystemTime.format_time(&mut Writer::new(&mut line))?;
    line.push_str("\",\"level\":\"");
    line.push_str(event.metadata().level().as_str());
    line.push('"');
    event.record(&mut Fields(&mut line));
    line.push_str(",\"target\":\"");
    line.push_str(TARGET);
    line.push_str("\"}\n");
    Ok(line)
}

/// Writes `,"name":value` for each field.
struct Fields<'a>(&'a mut String);

impl Fields<'_> {
    fn name(&mut self, field: &Field) {
        self.0.push_str(",\"");
        self.0.push_str(field.name());
        self.0.push_str("\":");
    }

    fn plain(&mut self, field: &Field, value: impl fmt::Display) {
        self.name(field);
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{value}");
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.name(field);
        push_text(self.0, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, value);
    }
}

/// Adds a JSON string. Text that needs escaping (RFC 8259 section 7) is rare.
fn push_text(line: &mut String, text: &str) {
    let plain = |b: u8| b >= 0x20 && b != b'"' && b != b'\\';
    if text.bytes().all(plain) {
        line.push('"');
        line.push_str(text);
        line.push('"');
    } else {
        line.push_str(&serde_json::Value::from(text).to_string());
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Kept {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    /// The line as this file writes it, and as tracing-subscriber writes it.
    fn both(log: impl Fn()) -> [serde_json::Value; 2] {
        let (ours, theirs) = (Kept::default(), Kept::default());
        let lines = || tracing_subscriber::fmt().json().flatten_event(true);
        let quick = lines()
            .with_writer(ours.clone())
            .map_event_format(|others| JsonLines { others })
            .finish();
        tracing::subscriber::with_default(quick, &log);
        let stock = lines().with_writer(theirs.clone()).finish();
        tracing::subscriber::with_default(stock, &log);
        [ours, theirs].map(|kept| {
            let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
            assert_eq!(text.matches('\n').count(), 1, "{text}");
            let mut line: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(line.as_object_mut().unwrap().remove("timestamp").is_some());
            line
        })
    }

    #[test]
    fn an_audit_line_says_what_the_stock_formatter_would() {
        let [ours, theirs] = both(|| {
            tracing::info!(
                target: "sapi::audit",
                client = "web01",
                cause = "a \"quoted\"\nline \\ with \u{1} and é",
                nothing = None::<&str>,
                shown = %"1ff",
                count = 3,
                less = -3,
                held = true,
            );
        });
        assert_eq!(ours, theirs);
    }

    #[test]
    fn other_lines_keep_their_span() {
        let [ours, theirs] = both(|| {
            let span = tracing::info_span!("request", request_id = "r1");
            span.in_scope(|| tracing::info!("a word"));
        });
        assert_eq!(ours, theirs);
        assert_eq!(ours["span"]["request_id"], "r1");
    }
}
