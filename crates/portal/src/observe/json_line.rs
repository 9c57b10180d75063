//! One event as one JSON object on one line.
//!
//! The library's own JSON format sorts the fields of a span into a tree and parses them again for every line, which
//! cost a third of a small page's time; here they are written once, when the span is opened, and copied.

use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// `{"timestamp":…,"level":…,"message":…,…,"target":…,"span":{"name":…,…}}`. Goes with [`Members`].
pub struct JsonLine;

/// The fields of a span as members of a JSON object, each behind a comma.
pub struct Members;

impl<'w> FormatFields<'w> for Members {
    fn format_fields<R: RecordFields>(&self, mut out: Writer<'w>, fields: R) -> fmt::Result {
        let mut members = Fields { out: &mut out, result: Ok(()) };
        fields.record(&mut members);
        members.result
    }
}

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
        out.write_str("\",\"level\":\"")?;
        out.write_str(event.metadata().level().as_str())?;
        out.write_char('"')?;
        let mut fields = Fields { out: &mut out, result: Ok(()) };
        event.record(&mut fields);
        fields.result?;
        out.write_str(",\"target\":")?;
        text(&mut out, event.metadata().target())?;
        if let Some(span) = ctx.lookup_current() {
            out.write_str(",\"span\":{\"name\":\"")?;
            out.write_str(span.name())?;
            out.write_char('"')?;
            if let Some(members) = span.extensions().get::<FormattedFields<N>>() {
                out.write_str(&members.fields)?;
            }
            out.write_char('}')?;
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
            self.result = member(self.out, field.name()).and_then(|()| write(self.out));
        }
    }
}

/// `,"name":`
fn member(out: &mut Writer<'_>, name: &str) -> fmt::Result {
    out.write_str(",\"")?;
    out.write_str(name)?;
    out.write_str("\":")
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
        self.put(field, |out| {
            out.write_char('"')?;
            fmt::Write::write_fmt(&mut Escaped(out), format_args!("{value:?}"))?;
            out.write_char('"')
        });
    }
}

/// A JSON string.
fn text(out: &mut Writer<'_>, value: &str) -> fmt::Result {
    out.write_char('"')?;
    fmt::Write::write_str(&mut Escaped(out), value)?;
    out.write_char('"')
}

/// The inside of a JSON string; control signs and the line separators of JavaScript are escaped (checklist 11.5).
struct Escaped<'a, 'w>(&'a mut Writer<'w>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, value: &str) -> fmt::Result {
        let mut plain = 0; // up to here everything is written
        for (at, sign) in value.char_indices() {
            let escaped = match sign {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                sign if sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}') => "",
                _ => continue,
            };
            self.0.write_str(&value[plain..at])?;
            match escaped {
                "" => write!(self.0, "\\u{:04x}", u32::from(sign))?,
                escaped => self.0.write_str(escaped)?,
            }
            plain = at + sign.len_utf8();
        }
        self.0.write_str(&value[plain..])
    }
}
