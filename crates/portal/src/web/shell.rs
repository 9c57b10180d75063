//! What stands around every handler: host check, request number, visit, limits, error pages, headers, one log line.

use super::fault::Fault;
use super::pages::ErrorPage;
use super::visit::{Arrival, Visit};
use super::{address, headers};
use crate::app::App;
use crate::observe::{self, RequestFigures};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use kernel::{Lang, Rng};
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::Instrument as _;

/// Signs of a request number: no look-alikes, so that it can be read out on the phone.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What stands around every handler; made once for a router.
pub struct Shell {
    app: App,
    figures: RequestFigures,
    secure: headers::Secure,
    /// Grows the numbers of requests. They are no secret, so they need no question to the system each.
    numbers: Mutex<Rng>,
}

impl Shell {
    /// The shell of a portal.
    pub fn new(app: App) -> Shell {
        let secure = headers::Secure::new(app.jar().secure);
        let numbers = Mutex::new(Rng::keyed(app.rng().fork().bytes()));
        Shell { app, figures: RequestFigures::default(), secure, numbers }
    }

    fn number(&self) -> String {
        number(&mut self.numbers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The outermost layer.
pub async fn around(State(shell): State<Arc<Shell>>, request: Request, next: Next) -> Response {
    let request_id = shell.number();
    let method = observe::method_word(request.method());
    let route = Template(request.extensions().get::<MatchedPath>().cloned());
    // Every line that is written while this request is worked on carries its number.
    let span = observe::request_span(&request_id, method, route.text());
    inside(shell, request, next, request_id, route).instrument(span).await
}

/// The template of the route, such as `/cabinet/{id}`.
struct Template(Option<MatchedPath>);

impl Template {
    fn text(&self) -> &str {
        self.0.as_ref().map_or("-", MatchedPath::as_str)
    }
}

async fn inside(
    shell: Arc<Shell>,
    mut request: Request,
    next: Next,
    request_id: String,
    route: Template,
) -> Response {
    let started = started();
    let app = &shell.app;
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([127, 0, 0, 1]), |info| info.0.ip());
    let asked = Asked { request_id, method: request.method().clone(), route, started };
    if !host_known(app, request.uri(), request.headers()) && !asked.route.text().starts_with("/health/") {
        return finish(&shell, None, Fault::unknown_host().into_response(), &asked);
    }
    let arrival = Arrival {
        headers: request.headers(),
        path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        address: address::client(peer, request.headers(), &app.config().server.trusted_proxies),
        request_id: asked.request_id.clone(),
        lang: request.uri().query().and_then(lang_of_query),
        may_begin_session: asked.method == Method::POST,
        by_itself: super::stream::is_by_itself(request.headers()),
    };
    let (visit, found) = Visit::begin(app.clone(), arrival).await;
    let response = match found {
        Err(error) => Fault::from(error).into_response(),
        Ok(()) => {
            request.extensions_mut().insert(visit.clone());
            match AssertUnwindSafe(next.run(request)).catch_unwind().await {
                Ok(response) => response,
                Err(_) => Fault::panicked().into_response(),
            }
        }
    };
    finish(&shell, Some(visit), response, &asked)
}

/// What the last line of a request tells.
struct Asked {
    request_id: String,
    method: Method,
    route: Template,
    started: Started,
}

fn finish(shell: &Shell, visit: Option<Visit>, response: Response, asked: &Asked) -> Response {
    let fault = response.extensions().get::<Fault>().cloned();
    let mut response = match (&fault, visit) {
        (Some(fault), Some(visit)) => draw(fault, &visit, response),
        _ => response,
    };
    shell.secure.add_to(response.headers_mut(), &asked.request_id);
    let status = response.status();
    let seconds = elapsed(asked.started);
    shell.figures.count(&asked.method, asked.route.text(), status.as_u16(), seconds);
    if let Some(fault) = fault.filter(|fault| fault.status.is_server_error()) {
        tracing::error!(incident = asked.request_id, detail = fault.detail, "request failed");
    }
    if shell.app.config().log.requests {
        tracing::info!(status = status.as_u16(), duration_ms = (seconds * 1e6).round() / 1e3, "request");
    }
    response
}

/// Draws the error page, keeping the headers of the plain answer.
fn draw(fault: &Fault, visit: &Visit, plain: Response) -> Response {
    let mut page = ErrorPage::new(visit.page(), fault.status);
    if let Some((title, text)) = fault.words {
        page = page.words(visit.t(title), visit.t(text));
    }
    if let Some(wait) = fault.retry_after {
        page = page.retry_after(wait.whole_seconds_up());
    }
    let mut drawn = visit.html(fault.status, &page);
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = plain.headers().get(&name) {
            drawn.headers_mut().insert(name, value.clone());
        }
    }
    drawn
}

/// A number of twelve signs in three groups: 60 random bits.
fn number(rng: &mut Rng) -> String {
    let bytes: [u8; 12] = rng.bytes();
    let mut number = String::with_capacity(14);
    for (place, byte) in bytes.iter().enumerate() {
        if place == 4 || place == 8 {
            number.push('-');
        }
        number.push(char::from(SIGNS[usize::from(*byte) % SIGNS.len()]));
    }
    number
}

fn lang_of_query(query: &str) -> Option<Lang> {
    query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::from_tag)
}

/// Whether the request names one of our hosts; a loopback deployment answers every loopback name (checklist 10.3).
fn host_known(app: &App, uri: &Uri, headers: &HeaderMap) -> bool {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok()).or_else(|| uri.host());
    let Some(named) = named.map(host_of) else { return false };
    let own = host_of(app.place().host());
    let loopback = |host: &str| host == "localhost" || host == "[::1]" || host.starts_with("127.");
    named.eq_ignore_ascii_case(own)
        || (loopback(own) && loopback(named))
        || app.config().server.hosts.iter().any(|host| host_of(host).eq_ignore_ascii_case(named))
}

/// The host without its port.
fn host_of(authority: &str) -> &str {
    let authority = authority.split('/').next().unwrap_or_default();
    match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
        _ => authority,
    }
}

/// The page for addresses that do not exist.
pub async fn not_found() -> Fault {
    Fault::not_found()
}

/// The page for acts that a page does not have.
pub async fn method_not_allowed() -> Fault {
    Fault::method_not_allowed()
}

type Started = std::time::Instant;

#[allow(clippy::disallowed_methods)] // measuring how long a request took, nothing is decided by it
fn started() -> Started {
    std::time::Instant::now()
}

fn elapsed(started: Started) -> f64 {
    started.elapsed().as_secs_f64()
}

/// For answers of scripts and probes that need no page.
pub fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_ports() {
        for (authority, host) in
            [("localhost:8080", "localhost"), ("[::1]:8080", "[::1]"), ("[::1]", "[::1]"), ("a.b", "a.b")]
        {
            assert_eq!(host_of(authority), host);
        }
    }

    #[test]
    fn numbers_can_be_read_out() {
        let number = number(&mut Rng::seeded(3));
        assert_eq!(number.len(), 14);
        assert!(number.bytes().all(|b| b == b'-' || SIGNS.contains(&b)));
    }
}
