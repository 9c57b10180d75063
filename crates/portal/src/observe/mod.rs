//! What a deployer sees of the running portal: log lines, metrics, traces.
//!
//! Invariants: no personal value, code or token in any of them (slices pass ids and words, never values); routes
//! appear as templates (`/cabinet/{id}`), never as the address that was asked for; one event is one line.

mod json_line;
mod log_buffer;
mod logs;
mod metrics_page;
mod requests;
#[cfg(test)]
mod tests;
#[cfg(feature = "otel")]
mod traces;

pub use logs::{LogGuard, log_filter, start_logs};
pub use metrics_page::{MetricsPage, note_process, set_counter, set_gauge};
pub use requests::{RequestFigures, method_word, request_span};
