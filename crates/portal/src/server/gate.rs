//! What stands before the router: health, metrics, the bound on requests in work, and an answer while the
//! portal is still starting.

use super::body;
use crate::config;
use crate::observe::MetricsPage;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;
use tower::Service as _;

/// Whether this instance should be given requests; told by `/health/ready`.
#[derive(Clone, Default)]
pub struct Readiness(Arc<AtomicU8>);

// 0 is starting.
const READY: u8 = 1;
const STORAGE_AWAY: u8 = 2;
const STOPPING: u8 = 3;

impl Readiness {
    /// Migrations are done, the router is in place.
    pub fn ready(&self) {
        self.set(READY);
    }

    /// The storage does not answer (or does again).
    pub fn storage_answers(&self, answers: bool) {
        self.set(if answers { READY } else { STORAGE_AWAY });
    }

    /// A stop was asked for; this is final.
    pub fn stopping(&self) {
        self.0.store(STOPPING, Ordering::Relaxed);
    }

    fn set(&self, next: u8) {
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| (now != STOPPING).then_some(next));
    }

    fn word(&self) -> (bool, &'static str) {
        match self.0.load(Ordering::Relaxed) {
            READY => (true, "ready"),
            STORAGE_AWAY => (false, "storage does not answer"),
            STOPPING => (false, "stopping"),
            _ => (false, "starting"),
        }
    }
}

/// The first thing a request meets; cheap to clone.
#[derive(Clone)]
pub struct Gate {
    shared: Arc<Shared>,
    /// A copy of the router for one connection: calling it needs no lock and no further copy.
    router: Option<axum::Router>,
}

struct Shared {
    settings: config::Server,
    readiness: Readiness,
    metrics: Option<MetricsPage>,
    router: OnceLock<axum::Router>,
    requests: Arc<Semaphore>,
}

impl Gate {
    /// A gate without a router yet: it answers the health pages, and 503 to everything else.
    pub fn new(settings: &config::Server, readiness: Readiness, metrics: Option<MetricsPage>) -> Gate {
        let requests = Arc::new(Semaphore::new(settings.requests as usize));
        let shared =
            Shared { settings: settings.clone(), readiness, metrics, router: OnceLock::new(), requests };
        Gate { shared: Arc::new(shared), router: None }
    }

    /// Puts the router in place, once; from now on requests reach it.
    pub fn open(&self, router: axum::Router) {
        let _ = self.shared.router.set(router);
    }

    pub(super) fn for_connection(&self) -> Gate {
        Gate { shared: Arc::clone(&self.shared), router: self.shared.router.get().cloned() }
    }

    pub(super) async fn answer(mut self, request: Request<Incoming>) -> Response<Body> {
        if let Some(answer) = self.own_page(&request) {
            return answer;
        }
        let router = self.router.take().or_else(|| self.shared.router.get().cloned());
        let Some(mut router) = router else { return unavailable("starting") };
        let Ok(_in_work) = Arc::clone(&self.shared.requests).try_acquire_owned() else {
            metrics::counter!("requests_refused_total").increment(1);
            return unavailable("busy");
        };
        let request = request.map(|body| body::guarded(body, &self.shared.settings));
        match router.call(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }

    /// The pages for machines, which work while the portal starts, stops or is full.
    fn own_page(&self, request: &Request<Incoming>) -> Option<Response<Body>> {
        let path = request.uri().path();
        if !path.starts_with("/health/") && path != "/metrics" {
            return None;
        }
        let known = match path {
            "/health/live" => plain(StatusCode::OK, "alive\n"),
            "/health/ready" => match self.shared.readiness.word() {
                (true, word) => plain(StatusCode::OK, word),
                (false, word) => plain(StatusCode::SERVICE_UNAVAILABLE, word),
            },
            "/metrics" => self.shared.metrics.as_ref()?.answer(request.headers()),
            _ => return None,
        };
        match *request.method() {
            Method::GET | Method::HEAD => Some(known),
            _ => {
                let mut refused = plain(StatusCode::METHOD_NOT_ALLOWED, "GET only\n");
                refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
                Some(refused)
            }
        }
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    answer
}

fn unavailable(word: &'static str) -> Response<Body> {
    let mut answer = plain(StatusCode::SERVICE_UNAVAILABLE, word);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    answer
}
