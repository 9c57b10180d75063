//! One span and two figures for every request; the web shell calls these around its handlers.

use std::sync::Arc;
use tracing::Span;

/// The span in which a request is worked on: every line inside it carries the number and the route template.
///
/// `route` is the template (`/cabinet/{id}`), never the address that was asked for.
pub fn request_span(request_id: &str, method: &str, route: &str) -> Span {
    tracing::info_span!("request", request.id = request_id, http.method = method, http.route = route)
}

/// Counts an answered request and its duration.
pub fn count_request(method: &axum::http::Method, route: &str, status: u16, seconds: f64) {
    let route: Arc<str> = route.into();
    let (method, status) = (method_word(method), status_word(status));
    metrics::counter!("http_requests_total", "method" => method, "route" => Arc::clone(&route), "status" => status)
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(seconds);
}

/// A method of the client's invention must not become a label of its own.
pub fn method_word(method: &axum::http::Method) -> &'static str {
    use axum::http::Method;
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
        other => match other / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        },
    }
}
