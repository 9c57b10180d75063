//! One span and two figures for every request; the web shell calls these around its handlers.

use metrics::{Counter, Histogram};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use tracing::Span;

/// The span in which a request is worked on: every line inside it carries the number and the route template.
///
/// `route` is the template (`/cabinet/{id}`), never the address that was asked for.
pub fn request_span(request_id: &str, method: &str, route: &str) -> Span {
    tracing::info_span!("request", request.id = request_id, http.method = method, http.route = route)
}

/// Counts answered requests and their durations. The handles of each route are looked up in the registry once: putting
/// labels together and hashing them for every request cost more than counting.
#[derive(Default)]
pub struct RequestFigures(RwLock<HashMap<String, Route>>);

/// The figures of one route template.
struct Route {
    seconds: Histogram,
    answers: Vec<(&'static str, &'static str, Counter)>,
}

impl RequestFigures {
    /// Counts one; `route` is the template. Call it only after the registry is installed.
    pub fn count(&self, method: &axum::http::Method, route: &str, status: u16, seconds: f64) {
        let (method, status) = (method_word(method), status_word(status));
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = routes.get(route)
            && let Some((_, _, count)) = known.answers.iter().find(|(m, s, _)| *m == method && *s == status)
        {
            count.increment(1);
            known.seconds.record(seconds);
            return;
        }
        drop(routes);
        self.count_first(method, route, status, seconds);
    }

    /// The first answer of its kind.
    fn count_first(&self, method: &'static str, route: &str, status: &'static str, seconds: f64) {
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = routes.entry(route.to_owned()).or_insert_with(|| Route {
            seconds: metrics::histogram!("http_request_seconds", "route" => route.to_owned()),
            answers: Vec::new(),
        });
        let count = metrics::counter!(
            "http_requests_total", "method" => method, "route" => route.to_owned(), "status" => status
        );
        count.increment(1);
        known.seconds.record(seconds);
        // Two requests may come here with the same kind; both handles count the same figure.
        known.answers.push((method, status, count));
    }
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
