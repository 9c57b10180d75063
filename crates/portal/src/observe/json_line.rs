//! One event as one JSON object on one line.
//!
//! The library's own JSON format parses the fields of the span again for every line, which cost a third of a small
//! page's time; here they are copied as they were written when the span was opened.

use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// `{"timestamp":…,"level":…,"message":…,…,"target":…,"span":{"name":…,…}}`. Goes with
/// [`tracing_subscriber::fmt::format::JsonFields`], which writes the fields of a span as a JSON object.
pub struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        out.write_str("{\"timestamp\":\"")?;
        SystemTime.format_time(&mut out)?;
        write!(out, "\",\"level\":\"{}\"", event.metadata().level())?;
        let mut fields = Fields { out: &mut out, result: Ok(()) };
        event.record(&mut fields);
        fields.result?;
        out.write_str(",\"target\":")?;
        text(&mut out, event.metadata().target())?;
        if let Some(span) = ctx.lookup_current() {
            write!(out, ",\"span\":{{\"name\":\"{}\"", span.name())?;
            let extensions = span.extensions();
            let written = extensions.get::<FormattedFields<N>>().map_or("", |fields| fields.fields.as_str());
            match written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(inside) if !inside.is_empty() => write!(out, ",{inside}}}")?,
                _ => out.write_char('}')?,
            }
        }
        out.write_str("}\n")
    }
}

/// Writes the fields of an event as `,"name":value`.
struct Fields<'a, 'w> {
    out: &'a mut Writer<'w>,
    result: fmt::Result,
}

impl Fields<'_, '_> {
    fn put(&mut self, field: &Field, write: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.result.is_ok() {
            self.result = write!(self.out, ",\"{}\":", field.name()).and_then(|()| write(self.out));
        }
    }
}

impl Visit for Fields<'_, '_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no word for infinity.
        self.put(field, |out| if value.is_finite() { write!(out, "{value}") } else { out.write_str("null") });
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, |out| write!(out, "{value}"));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, |out| write!(out, "{value}"));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, |out| write!(out, "{value}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, |out| text(out, value));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, |out| text(out, &format!("{value:?}")));
    }
}

/// A JSON string; control signs and the line separators of JavaScript are escaped (checklist 11.5).
fn text(out: &mut Writer<'_>, value: &str) -> fmt::Result {
    out.write_char('"')?;
    for sign in value.chars() {
        match sign {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            sign if sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}') => {
                write!(out, "\\u{:04x}", u32::from(sign))?;
            }
            sign => out.write_char(sign)?,
        }
    }
    out.write_char('"')
}
