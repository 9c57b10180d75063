use super::*;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use kernel::{Rng, RngSource, Secret};
use std::io;
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

#[test]
fn request_numbers_are_readable_and_differ() {
    let mut rng = Rng::seeded(1);
    let (first, second) = (RequestId::new(&mut rng), RequestId::new(&mut rng));
    assert_ne!(first, second);
    let shape: String = first.as_str().chars().map(|c| if c.is_ascii_alphanumeric() { 'x' } else { c }).collect();
    assert_eq!(shape, "xxxx-xxxx-xxxx");
}

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
    let enabled = |filter: &str, target: &str| log_filter(filter).unwrap().would_enable(target, &tracing::Level::DEBUG);
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
        let subscriber = tracing_subscriber::Registry::default().with(super::logs::lines(format, memory.clone()));
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

#[tokio::test]
async fn a_request_leaves_its_template_and_never_its_address() {
    let memory = Memory::default();
    let subscriber =
        tracing_subscriber::Registry::default().with(super::logs::lines(crate::config::LogFormat::Json, memory.clone()));
    let _installed = tracing::subscriber::set_default(subscriber);
    let router = axum::Router::new()
        .route("/people/{id}", get(|| async { tracing::info!("inside"); "ok" }))
        .layer(axum::middleware::from_fn_with_state(Observer { rng: RngSource::seeded(7), lines: true }, observe));
    let request = Request::builder().uri("/people/79001234567?code=123456").body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let number = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{text}");
    for line in &lines {
        assert_eq!(line["span"]["request_id"], number.as_str(), "{text}");
        assert_eq!(line["span"]["route"], "/people/{id}");
    }
    assert_eq!(lines[1]["status"], 200);
    assert!(!text.contains("79001234567") && !text.contains("123456"), "{text}");
}

#[tokio::test]
async fn the_metrics_page_counts_by_template_and_asks_for_its_token() {
    let page = MetricsPage::install(Secret::new("let me in".to_owned())).unwrap();
    let router = axum::Router::new()
        .route("/things/{id}", get(|| async { "ok" }))
        .layer(axum::middleware::from_fn_with_state(Observer { rng: RngSource::seeded(7), lines: false }, observe));
    for id in 0..3 {
        let request = Request::builder().uri(format!("/things/{id}")).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap();
    }
    let text = page.render();
    assert!(text.contains("http_requests_total{method=\"GET\",route=\"/things/{id}\",status=\"200\"} 3"), "{text}");
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
