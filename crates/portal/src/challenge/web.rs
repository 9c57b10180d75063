//! The addresses of the picture and the sound. They need no session: who has the token may look, and only its
//! visitor can answer.

use super::{Settings, opened, picture, sound};
use ::store::keys::KeyRing as Keys;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::{Clock, Lang};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Draws and speaks for the addresses below, a few at a time.
#[derive(Clone)]
pub struct Renders(Arc<Inner>);

struct Inner {
    keys: Keys,
    clock: Arc<dyn Clock>,
    turns: Semaphore,
    waiting: AtomicUsize,
    may_wait: usize,
}

impl Renders {
    /// The renders of a portal.
    pub fn new(settings: &Settings, keys: Keys, clock: Arc<dyn Clock>) -> Renders {
        Renders(Arc::new(Inner {
            keys,
            clock,
            turns: Semaphore::new(settings.renders_at_once.max(1).into()),
            waiting: AtomicUsize::new(0),
            may_wait: settings.renders_waiting.into(),
        }))
    }

    /// Waits for a turn and does the work off the threads that serve; `None` when too many wait already.
    async fn run(&self, work: impl FnOnce() -> Vec<u8> + Send + 'static) -> Option<Vec<u8>> {
        let inner = &self.0;
        let _place = Place::take(inner)?;
        let _turn = inner.turns.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

/// A place in the queue, given back even when the client goes away.
struct Place<'a>(&'a AtomicUsize);

impl Place<'_> {
    fn take(inner: &Inner) -> Option<Place<'_>> {
        let place = Place(&inner.waiting);
        // Counted first and given back by the drop, so that two that arrive together cannot both take the last.
        (inner.waiting.fetch_add(1, Ordering::Relaxed) < inner.may_wait).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// `GET /challenge/{token}/picture.png` and `GET /challenge/{token}/sound-ru.wav` (and `-en`).
pub fn routes<S: Clone + Send + Sync + 'static>(renders: Renders) -> Router<S> {
    Router::new().route("/challenge/{token}/{file}", get(file)).with_state(renders)
}

async fn file(
    State(renders): State<Renders>,
    Path((token, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let now = renders.0.clock.now();
    let Some(challenge) = opened(&renders.0.keys, &token).filter(|challenge| now <= challenge.expires) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (kind, bytes) = match file.as_str() {
        "picture.png" => {
            let draw = move || picture::draw(&challenge.picture_answer(), &mut challenge.chance("picture"));
            ("image/png", renders.run(draw).await)
        }
        "sound-ru.wav" | "sound-en.wav" => {
            let lang = if file == "sound-ru.wav" { Lang::Ru } else { Lang::En };
            // Each language has its own chance: the difference of the two must not give the murmur away.
            let label = if lang == Lang::Ru { "sound ru" } else { "sound en" };
            let speak = move || sound::speak(lang, &challenge.sound_answer(), &mut challenge.chance(label));
            ("audio/wav", renders.run(speak).await)
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match bytes {
        Some(bytes) => answer(kind, bytes, headers.get(header::RANGE)),
        None => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response(),
    }
}

/// The file, or the part of it that was asked for: some browsers play no sound from a server without ranges.
fn answer(kind: &'static str, bytes: Vec<u8>, range: Option<&HeaderValue>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store"), (header::ACCEPT_RANGES, "bytes")];
    let range = range.and_then(|range| range.to_str().ok()).and_then(|range| part(range, bytes.len()));
    match range.and_then(|(from, to)| Some((from, to, bytes.get(from..=to)?))) {
        Some((from, to, part)) => {
            let place = format!("bytes {from}-{to}/{}", bytes.len());
            (StatusCode::PARTIAL_CONTENT, headers, [(header::CONTENT_RANGE, place)], part.to_vec())
                .into_response()
        }
        None => (headers, bytes).into_response(),
    }
}

/// The first and last byte of a single range (RFC 9110, section 14); every other form gets the whole file.
fn part(range: &str, length: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let from: usize = from.parse().ok()?;
    let last = length.checked_sub(1)?;
    let to = if to.is_empty() { last } else { to.parse::<usize>().ok()?.min(last) };
    (from <= to).then_some((from, to))
}
