//! The page that Prometheus reads, and the figures of the process itself.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use kernel::Secret;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::io;
use std::sync::{Arc, OnceLock};

/// Bounds of the duration histograms in seconds: from a cached page to a queue that is full.
const DURATION_BOUNDS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Renders everything that was counted through the `metrics` facade; cheap to clone.
#[derive(Clone)]
pub struct MetricsPage {
    handle: PrometheusHandle,
    token: Arc<Secret<String>>,
    look: Arc<OnceLock<Look>>,
}

/// Sets the figures that are looked at only when somebody asks.
type Look = Box<dyn Fn() + Send + Sync>;

impl MetricsPage {
    /// Makes the registry of this process and describes the figures of the shell, once.
    ///
    /// # Errors
    /// A registry is installed already.
    pub fn install(token: Secret<String>) -> io::Result<MetricsPage> {
        let builder = PrometheusBuilder::new().set_buckets(&DURATION_BOUNDS).map_err(io::Error::other)?;
        let recorder = builder.build_recorder();
        let page = MetricsPage { handle: recorder.handle(), token: Arc::new(token), look: Arc::default() };
        metrics::set_global_recorder(recorder)
            .map_err(|_| io::Error::other("metrics are installed already"))?;
        describe();
        Ok(page)
    }

    /// Moves what was recorded into the histograms; called every few seconds, so that nothing piles up unread.
    pub fn tidy(&self) {
        self.handle.run_upkeep();
    }

    /// What to call before each rendering: it sets the gauges that only the running portal knows. Once.
    pub fn before_rendering(&self, look: impl Fn() + Send + Sync + 'static) {
        let _ = self.look.set(Box::new(look));
    }

    /// The text of the page (Prometheus exposition format 0.0.4).
    pub fn render(&self) -> String {
        note_process();
        if let Some(look) = self.look.get() {
            look();
        }
        self.handle.render()
    }

    /// Answers a request; asks for the token when one is configured.
    pub fn answer(&self, headers: &HeaderMap) -> Response<Body> {
        let expected = self.token.expose();
        let given =
            headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let given = given.strip_prefix("Bearer ").unwrap_or_default();
        let mut answer = if expected.is_empty() || kernel::secret::same(expected.as_bytes(), given.as_bytes())
        {
            let mut page = Response::new(Body::from(self.render()));
            let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            page.headers_mut().insert(header::CONTENT_TYPE, kind);
            page
        } else {
            let mut refused = Response::new(Body::from("a token is asked for\n"));
            *refused.status_mut() = StatusCode::UNAUTHORIZED;
            refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            refused
        };
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }
}

fn describe() {
    metrics::describe_counter!(
        "http_requests_total",
        "Answered requests by method, route template and status."
    );
    metrics::describe_histogram!(
        "http_request_seconds",
        metrics::Unit::Seconds,
        "From the first byte of a request to the head of its answer, by route template."
    );
    metrics::describe_counter!(
        "connections_refused_total",
        "Connections told 503 because all places were taken."
    );
    metrics::describe_counter!("requests_refused_total", "Requests told 503 because too many were in work.");
    metrics::describe_counter!(
        "log_lines_dropped_total",
        "Log lines given up because standard error was too slow."
    );
    metrics::describe_gauge!(
        "process_resident_memory_bytes",
        metrics::Unit::Bytes,
        "Memory of this process in RAM."
    );
    metrics::describe_gauge!("process_open_fds", "Open files and sockets of this process.");
    metrics::describe_gauge!("process_threads", "Threads of this process.");
}

/// Takes the figures of the process from `/proc`; on systems without it there are none.
pub fn note_process() {
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u32>().ok()
        };
        if let Some(kibibytes) = number("VmRSS:") {
            metrics::gauge!("process_resident_memory_bytes").set(f64::from(kibibytes) * 1024.0);
        }
        if let Some(threads) = number("Threads:") {
            metrics::gauge!("process_threads").set(f64::from(threads));
        }
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(open.count() as f64);
    }
}

/// Sets a gauge; for figures that are looked at from time to time.
pub fn set_gauge(name: &'static str, labels: &[(&'static str, &'static str)], value: f64) {
    metrics::gauge!(name, labels).set(value);
}

/// Sets a counter that is kept elsewhere.
pub fn set_counter(name: &'static str, value: u64) {
    metrics::counter!(name).absolute(value);
}
