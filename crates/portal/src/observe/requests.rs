//! One number, one span, one line and two figures for every request.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use kernel::{Rng, RngSource};
use std::sync::Arc;
use tokio::time::Instant;
use tracing::Instrument as _;

/// The number that the log, the answer (`x-request-id`) and the error page share, such as `7KQ2-M4VX-9PDT`.
///
/// 60 random bits without the letters that are taken for digits; it tells nothing and opens nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new number.
    pub fn new(rng: &mut Rng) -> RequestId {
        const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32
        let mut bits = u64::from_le_bytes(rng.bytes());
        let mut text = String::with_capacity(14);
        for place in 0..12 {
            if place % 4 == 0 && place > 0 {
                text.push('-');
            }
            text.push(SIGNS[(bits & 31) as usize] as char);
            bits >>= 5;
        }
        RequestId(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What [`observe`] needs.
#[derive(Clone)]
pub struct Observer {
    /// Where request numbers come from.
    pub rng: RngSource,
    /// Whether each request is a line; failures always are.
    pub lines: bool,
}

/// Middleware: `router.layer(axum::middleware::from_fn_with_state(observer, observe))`, outermost, so that the
/// number and the span are there for everything inside. Handlers find the [`RequestId`] in the extensions.
pub async fn observe(State(observer): State<Observer>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = RequestId::new(&mut observer.rng.fork());
    let method = method_word(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("(none)", MatchedPath::as_str);
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", request_id = id.as_str(), method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    let status = response.status();
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert("x-request-id", value);
    }
    count(method, route, status.as_u16(), took.as_secs_f64());
    let _inside = span.enter();
    let (status, duration_ms) = (status.as_u16(), took.as_secs_f64() * 1000.0);
    if status >= 500 && status != 503 {
        tracing::error!(status, duration_ms, "request failed");
    } else if status == 503 {
        tracing::warn!(status, duration_ms, "request refused: busy or out of order");
    } else if observer.lines {
        tracing::info!(status, duration_ms, "request answered");
    }
    drop(_inside);
    response
}

fn count(method: &'static str, route: &str, status: u16, seconds: f64) {
    let route: Arc<str> = route.into();
    let status = status_word(status);
    metrics::counter!("http_requests_total", "method" => method, "route" => Arc::clone(&route), "status" => status).increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(seconds);
}

/// A method of the client's invention must not become a label of its own.
fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The statuses that the portal answers, as text; others by their class.
fn status_word(status: u16) -> &'static str {
    match status {
        200 => "200",
        204 => "204",
        303 => "303",
        304 => "304",
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        405 => "405",
        408 => "408",
        409 => "409",
        413 => "413",
        422 => "422",
        429 => "429",
        500 => "500",
        503 => "503",
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
