use super::*;
use kernel::Secret;
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

#[test]
fn levels_are_read_or_refused() {
    for good in ["info", "debug", "warn,portal=trace", "info,lettre=debug"] {
        assert!(log_filter(good).is_some(), "{good}");
    }
    for bad in ["", "loud", "info,", "=info", "portal=loud"] {
        assert!(log_filter(bad).is_none(), "{bad}");
    }
}

#[test]
fn foreign_crates_stay_quiet_unless_named() {
    let enabled =
        |filter: &str, target: &str| log_filter(filter).unwrap().would_enable(target, &tracing::Level::DEBUG);
    assert!(enabled("debug", "portal::signin"));
    assert!(!enabled("debug", "lettre::transport"));
    assert!(enabled("debug,lettre=debug", "lettre::transport"));
}

/// Collects lines in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl io::Write for Memory {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(part);
        Ok(part.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Memory {
    type Writer = Memory;
    fn make_writer(&'a self) -> Memory {
        self.clone()
    }
}

#[test]
fn a_line_break_in_a_value_does_not_make_a_second_line() {
    for format in [crate::config::LogFormat::Json, crate::config::LogFormat::Text] {
        let memory = Memory::default();
        let subscriber =
            tracing_subscriber::Registry::default().with(super::logs::lines(format, memory.clone()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(agent = %"one\ntwo\r\u{1b}[31m", "first {}", "a\nb");
            let span = tracing::info_span!("request", route = "x\ny");
            span.in_scope(|| tracing::info!("second"));
        });
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(!text.contains(['\r', '\u{1b}']), "{text:?}");
    }
}

#[test]
fn lines_inside_a_request_carry_its_number_and_template() {
    let memory = Memory::default();
    let subscriber = tracing_subscriber::Registry::default()
        .with(super::logs::lines(crate::config::LogFormat::Json, memory.clone()));
    tracing::subscriber::with_default(subscriber, || {
        let span = request_span("7KQ2-M4VX-9PDT", "GET", "/people/{id}");
        span.in_scope(|| tracing::info!(status = 200, "request answered"));
    });
    let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
    let line: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(line["span"]["request.id"], "7KQ2-M4VX-9PDT", "{text}");
    assert_eq!(line["span"]["http.route"], "/people/{id}");
    assert_eq!(
        (&line["status"], &line["message"], &line["level"]),
        (&200.into(), &"request answered".into(), &"INFO".into())
    );
}

#[test]
fn the_metrics_page_counts_by_template_and_asks_for_its_token() {
    let page = MetricsPage::install(Secret::new("let me in".to_owned())).unwrap();
    let figures = RequestFigures::default();
    for _ in 0..3 {
        figures.count(&axum::http::Method::GET, "/things/{id}", 200, 0.002);
    }
    figures.count(&axum::http::Method::from_bytes(b"INVENTED").unwrap(), "/things/{id}", 405, 0.002);
    let text = page.render();
    assert!(
        text.contains("http_requests_total{method=\"GET\",route=\"/things/{id}\",status=\"200\"} 3"),
        "{text}"
    );
    assert!(text.contains("method=\"other\"") && !text.contains("INVENTED"), "{text}");
    assert!(text.contains("http_request_seconds_bucket{route=\"/things/{id}\""), "{text}");
    assert!(text.contains("process_resident_memory_bytes"), "{text}");
    let ask = |token: Option<&str>| {
        let mut headers = axum::http::HeaderMap::new();
        if let Some(token) = token {
            headers.insert("authorization", token.parse().unwrap());
        }
        page.answer(&headers).status().as_u16()
    };
    assert_eq!([ask(None), ask(Some("Bearer wrong")), ask(Some("Bearer let me in"))], [401, 401, 200]);
}
