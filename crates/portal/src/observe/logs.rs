//! Log lines on standard error, as JSON or for people, written by one thread so that no request waits for a pipe.

use super::json_line::{JsonLine, Members};
use super::log_buffer::LogBuffer;
use crate::config::{Log, LogFormat, Traces};
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry};

/// Our own crates; a bare level such as `debug` is meant for them. Foreign crates may print addresses or message
/// texts at their lower levels, so they stay at `warn` unless a directive names them.
const OWN: [&str; 6] = ["gateway", "kernel", "portal", "pristan", "stand", "store"];

/// Reads `[log] level`; `None` when a part of it is neither a level nor `target=level`.
pub fn log_filter(level: &str) -> Option<Targets> {
    let mut filter = Targets::new().with_default(Level::WARN);
    for part in level.split(',').map(str::trim) {
        match part.split_once('=') {
            Some((target, level)) if !target.is_empty() => {
                filter = filter.with_target(target.trim(), level.trim().parse::<Level>().ok()?);
            }
            Some(_) => return None,
            None => {
                let level = part.parse::<Level>().ok()?;
                filter =
                    filter.with_targets(OWN.map(|own| (own, level))).with_default(level.min(Level::WARN));
            }
        }
    }
    Some(filter)
}

/// Writes what is still waiting when dropped: keep it until the very end of `main`.
pub struct LogGuard {
    buffer: Arc<LogBuffer>,
    thread: Option<JoinHandle<()>>,
    #[cfg(feature = "otel")]
    traces: Option<super::traces::Exporter>,
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        #[cfg(feature = "otel")]
        if let Some(traces) = self.traces.take() {
            traces.finish();
        }
        self.buffer.end();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Installs the logs (and, when built with them and configured, the traces) for this process, once.
///
/// # Errors
/// Logs are installed already, the writing thread cannot start, or the trace exporter cannot be made.
pub fn start_logs(log: &Log, traces: &Traces) -> io::Result<LogGuard> {
    let buffer = Arc::new(LogBuffer::default());
    let read = Arc::clone(&buffer);
    let thread = std::thread::Builder::new()
        .name("log".to_owned())
        .stack_size(128 * 1024)
        .spawn(move || read.write_to(&mut io::stderr()))?;
    let filter = log_filter(&log.level).unwrap_or_else(|| Targets::new().with_default(Level::INFO));
    let lines = lines(log.format, LineWriter(Arc::clone(&buffer)));
    // Traces see more than lines do; where there are none, one filter for all costs every line less.
    #[cfg(feature = "otel")]
    let (layer, exporter) = super::traces::layer(traces)?;
    #[cfg(feature = "otel")]
    let registry = Registry::default().with(lines.with_filter(filter)).with(layer);
    #[cfg(not(feature = "otel"))]
    let registry = Registry::default().with(filter).with(lines);
    #[cfg(not(feature = "otel"))]
    let _ = traces;
    registry.try_init().map_err(io::Error::other)?;
    Ok(LogGuard {
        buffer,
        thread: Some(thread),
        #[cfg(feature = "otel")]
        traces: exporter,
    })
}

/// The layer that turns events into lines.
pub(super) fn lines<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    match format {
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .event_format(JsonLine)
            .fmt_fields(Members)
            .with_writer(writer)
            .boxed(),
        LogFormat::Text => tracing_subscriber::fmt::layer()
            .fmt_fields(debug_fn(|out, field, value| text_field(out, field.name(), value)))
            .with_ansi(false)
            .with_writer(writer)
            .boxed(),
    }
}

/// One field of a line for people; line breaks and control signs are escaped (checklist 11.5).
fn text_field(out: &mut Writer<'_>, name: &str, value: &dyn std::fmt::Debug) -> std::fmt::Result {
    let shown: String = format!("{value:?}").chars().flat_map(escape).collect();
    match name {
        "message" => write!(out, "{shown} "),
        name => write!(out, "{name}={shown} "),
    }
}

fn escape(sign: char) -> Vec<char> {
    if sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}') {
        sign.escape_default().collect()
    } else {
        vec![sign]
    }
}

/// Hands lines to the writing thread; never waits for it.
struct LineWriter(Arc<LogBuffer>);

impl<'a> MakeWriter<'a> for LineWriter {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { buffer: &self.0, urgent: true }
    }

    fn make_writer_for(&'a self, line: &Metadata<'_>) -> Line<'a> {
        Line { buffer: &self.0, urgent: *line.level() == Level::ERROR }
    }
}

/// Where one line goes.
struct Line<'a> {
    buffer: &'a LogBuffer,
    urgent: bool,
}

impl io::Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // The library writes each line whole.
        if !self.buffer.put(line, self.urgent) {
            metrics::counter!("log_lines_dropped_total").increment(1);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
