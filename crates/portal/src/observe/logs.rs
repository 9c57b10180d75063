//! Log lines on standard error, as JSON or for people, written by one thread so that no request waits for a pipe.

use super::json_line::JsonLine;
use crate::config::{Log, LogFormat, Traces};
use std::io::{self, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::{JsonFields, Writer, debug_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry};

/// Our own crates; a bare level such as `debug` is meant for them. Foreign crates may print addresses or message
/// texts at their lower levels, so they stay at `warn` unless a directive names them.
const OWN: [&str; 6] = ["gateway", "kernel", "portal", "pristan", "stand", "store"];

/// Lines that may wait for the writing thread; more are dropped and counted.
const WAITING_LINES: usize = 8_192;

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
    writer: LineWriter,
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
        let _ = self.writer.0.send(Message::End);
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
    let (sender, receiver) = sync_channel(WAITING_LINES);
    let thread = std::thread::Builder::new()
        .name("log".to_owned())
        .stack_size(128 * 1024)
        .spawn(move || write_lines(&receiver))?;
    let writer = LineWriter(sender);
    let filter = log_filter(&log.level).unwrap_or_else(|| Targets::new().with_default(Level::INFO));
    let lines = lines(log.format, writer.clone());
    let registry = Registry::default().with(lines.with_filter(filter));
    #[cfg(feature = "otel")]
    let (layer, exporter) = super::traces::layer(traces)?;
    #[cfg(feature = "otel")]
    let registry = registry.with(layer);
    #[cfg(not(feature = "otel"))]
    let _ = traces;
    registry.try_init().map_err(io::Error::other)?;
    Ok(LogGuard {
        writer,
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
            .fmt_fields(JsonFields::new())
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

enum Message {
    Line(Vec<u8>),
    End,
}

/// Hands lines to the writing thread; never waits.
#[derive(Clone)]
struct LineWriter(SyncSender<Message>);

impl<'a> MakeWriter<'a> for LineWriter {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { text: Vec::with_capacity(256), sender: self.0.clone() }
    }
}

/// One line while it is put together; sent when dropped.
struct Line {
    text: Vec<u8>,
    sender: SyncSender<Message>,
}

impl io::Write for Line {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.text.is_empty() {
            return;
        }
        if let Err(TrySendError::Full(_)) =
            self.sender.try_send(Message::Line(std::mem::take(&mut self.text)))
        {
            metrics::counter!("log_lines_dropped_total").increment(1);
        }
    }
}

/// How long lines may gather before they are written together. A writer that waited for each line would be woken by
/// each request, and waking it costs the request more than the line itself.
const GATHER: std::time::Duration = std::time::Duration::from_millis(5);

/// Writes lines, as many at a time as have gathered.
fn write_lines(receiver: &Receiver<Message>) {
    let mut batch = Vec::new();
    while let Ok(first) = receiver.recv() {
        let mut ended = matches!(first, Message::End);
        if !ended {
            std::thread::park_timeout(GATHER);
        }
        for message in std::iter::once(first).chain(receiver.try_iter().take(WAITING_LINES)) {
            match message {
                Message::Line(line) => batch.extend_from_slice(&line),
                Message::End => ended = true,
            }
        }
        let _ = io::stderr().lock().write_all(&batch); // nobody can be told when standard error is gone
        batch.clear();
        batch.shrink_to(64 * 1024);
        if ended {
            return;
        }
    }
}
