//! Live parts of pages: a stream of server-sent events that says «changed» when a part should be fetched again.
//!
//! Invariants: a stream carries no data, only that something changed and a mark of the state; it is decided by the
//! mark alone, so nothing is lost between the drawing of a page and the opening of its stream, nor between instances;
//! streams are bounded per account and in all; a stream ends with its session, and does not keep it alive; an orderly
//! stop ends every stream at once.
//!
//! A page joins in by `<div id=x data-live="/cabinet/x/live?mark=…">` and a handler that calls [`answer`].

use super::fault::Fault;
use super::visit::Visit;
use crate::accounts::AccountId;
use crate::app::App;
use crate::error::Result;
use crate::sessions::{self, Session};
use ::store::Tx;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use kernel::Span;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// Section `[live]`: streams that keep pages fresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Streams open at one time; the next ones are told 503, and their pages stay as they are.
    pub streams: usize,
    /// Streams of one account at one time.
    pub per_account: usize,
    /// Seconds between two looks without a reason: what another instance changed is seen by then.
    pub look_seconds: u32,
    /// Seconds after which a stream ends and the browser opens another; 0 answers once and ends at once.
    pub life_seconds: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { streams: 2_000, per_account: 8, look_seconds: 10, life_seconds: 600 }
    }
}

/// Who watches; cheap to clone.
#[derive(Clone)]
pub struct Streams(Arc<Inner>);

struct Inner {
    settings: Settings,
    watched: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    closed: bool,
    all: usize,
    accounts: HashMap<AccountId, (watch::Sender<()>, usize)>,
}

impl Streams {
    /// Nobody watches yet.
    pub fn new(settings: &Settings) -> Streams {
        Streams(Arc::new(Inner { settings: settings.clone(), watched: Mutex::default() }))
    }

    /// Something of this account may have changed: its streams look now. Call it after the commit.
    pub fn poke(&self, account: &AccountId) {
        if let Some((sender, _)) = self.watched().accounts.get(account) {
            sender.send_replace(());
        }
    }

    /// Ends every stream and opens no more.
    pub fn close(&self) {
        let mut watched = self.watched();
        watched.closed = true;
        watched.accounts.clear(); // without its sender a stream ends
    }

    /// How many streams are open.
    pub fn open(&self) -> usize {
        self.watched().all
    }

    /// A place among the streams; `None` when every place is taken.
    pub fn watch(&self, account: &AccountId) -> Option<Place> {
        let settings = &self.0.settings;
        let mut watched = self.watched();
        if watched.closed || watched.all >= settings.streams {
            return None;
        }
        let (sender, count) =
            watched.accounts.entry(account.clone()).or_insert_with(|| (watch::channel(()).0, 0));
        if *count >= settings.per_account {
            return None;
        }
        *count += 1;
        let pokes = sender.subscribe();
        watched.all += 1;
        crate::observe::set_gauge("live_streams", &[], watched.all as f64);
        Some(Place { streams: self.clone(), account: account.clone(), pokes })
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.0.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the streams; given back when dropped.
pub struct Place {
    streams: Streams,
    account: AccountId,
    pokes: watch::Receiver<()>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut watched = self.streams.watched();
        watched.all = watched.all.saturating_sub(1);
        crate::observe::set_gauge("live_streams", &[], watched.all as f64);
        if let Some((_, count)) = watched.accounts.get_mut(&self.account) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                watched.accounts.remove(&self.account);
            }
        }
    }
}

/// What a stream looks at: a short word that differs whenever the part of the page would look different. Written to
/// the browser, so it names nothing and nobody.
pub trait Mark: Fn(&mut Tx<'_>, &AccountId) -> Result<String> + Clone + Send + Sync + 'static {}
impl<F: Fn(&mut Tx<'_>, &AccountId) -> Result<String> + Clone + Send + Sync + 'static> Mark for F {}

/// One open stream.
struct Open<M> {
    app: App,
    session: Arc<Session>,
    place: Place,
    mark: M,
    seen: String,
    ends_at: Instant,
    last: bool,
}

/// Whether a request comes from a live part of a page and not from a person.
pub fn is_by_itself(headers: &HeaderMap) -> bool {
    headers.contains_key("x-live")
        || headers.get(header::ACCEPT).is_some_and(|kinds| kinds == "text/event-stream")
}

/// The stream of a live part. `seen` is the mark that the page was drawn with.
///
/// # Errors
/// 503 when every place is taken; the storage is away.
pub async fn answer<M: Mark>(
    visit: &Visit,
    headers: &HeaderMap,
    seen: &str,
    mark: M,
) -> std::result::Result<Response, Fault> {
    let Some(session) = visit.session().cloned() else { return Err(Fault::not_found()) };
    let app = visit.app().clone();
    let Some(place) = app.streams().watch(&session.account) else {
        return Err(Fault::busy(Span::seconds(30)));
    };
    // A browser that comes back says what it saw last; that is newer than the page.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let seen = last.unwrap_or(seen).to_owned();
    let life = Duration::from_secs(app.config().live.life_seconds.into());
    let open = Open { app, session, place, mark, seen, ends_at: Instant::now() + life, last: false };
    let events = stream::unfold(open, |open| async { open.next().await });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(20));
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    // Buffering proxies would hold events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl<M: Mark> Open<M> {
    /// The next event; `None` ends the stream.
    async fn next(mut self) -> Option<(std::result::Result<Event, Infallible>, Open<M>)> {
        let look_every = Duration::from_secs(self.app.config().live.look_seconds.max(1).into());
        loop {
            if self.last {
                return None;
            }
            self.place.pokes.borrow_and_update();
            match self.look().await {
                Ok(None) => {
                    self.last = true;
                    // The page's part is over: the browser does not come back.
                    return Some((Ok(Event::default().event("done").data("done")), self));
                }
                Ok(Some(mark)) if mark != self.seen => {
                    self.seen.clone_from(&mark);
                    // Browsers drop an event without data.
                    return Some((Ok(Event::default().event("changed").id(mark).data("changed")), self));
                }
                Ok(Some(_)) => {}
                // The storage is away: the browser comes again.
                Err(_) => return None,
            }
            let now = Instant::now();
            if now >= self.ends_at {
                self.last = true;
                return Some((Ok(Event::default().retry(Duration::from_secs(3)).comment("again")), self));
            }
            let until = self.ends_at.min(now + look_every);
            // An error is the sender's end: the portal stops.
            if let Ok(Err(_)) = timeout_at(until, self.place.pokes.changed()).await {
                return None;
            }
        }
    }

    /// The present mark; `None` when the session has ended.
    async fn look(&self) -> Result<Option<String>> {
        let (session, mark) = (self.session.clone(), self.mark.clone());
        let (settings, now) = (self.app.config().sessions.clone(), self.app.clock().now());
        self.app
            .read(move |tx| {
                if !sessions::is_alive(tx, &session, &settings, now)? {
                    return Ok(None);
                }
                mark(tx, &session.account).map(Some)
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Rng, Time};

    fn account(n: u64) -> AccountId {
        AccountId::new(Time(1_790_000_000_000_000), &mut Rng::seeded(n))
    }

    #[test]
    fn places_are_bounded_per_account_and_in_all_and_come_back() {
        let settings = Settings { streams: 5, per_account: 2, ..Settings::default() };
        let streams = Streams::new(&settings);
        let (one, two, three) = (account(1), account(2), account(3));
        let first = streams.watch(&one).expect("a place");
        let _second = streams.watch(&one).expect("a place");
        assert!(streams.watch(&one).is_none(), "an account has two");
        let _more = [streams.watch(&two), streams.watch(&two), streams.watch(&three)];
        assert!(streams.watch(&three).is_none(), "all have five");
        drop(first);
        assert_eq!(streams.open(), 4);
        assert!(streams.watch(&one).is_some());
    }

    #[tokio::test]
    async fn a_poke_reaches_the_account_and_nobody_else() {
        let streams = Streams::new(&Settings::default());
        let (mut own, other) =
            (streams.watch(&account(1)).expect("a place"), streams.watch(&account(2)).expect("a place"));
        streams.poke(&account(1));
        own.pokes.changed().await.expect("a poke");
        assert!(!other.pokes.has_changed().expect("open"));
        streams.close();
        assert!(own.pokes.changed().await.is_err(), "a stop ends it");
        assert!(streams.watch(&account(1)).is_none());
        drop((own, other));
        assert_eq!(streams.open(), 0);
    }
}
