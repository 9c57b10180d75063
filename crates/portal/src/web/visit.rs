//! One request as the portal sees it: the moment, the visitor, the session, the looks.

use super::fault::Fault;
use super::flash;
use super::page::{Flash, Page, Viewer};
use super::preferences::Preferences;
use crate::app::App;
use crate::ctx::{Actor, Caller, Ctx};
use crate::devices::{self, Marks};
use crate::factors;
use crate::sessions::{self, Session};
use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Lang, Time};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use store::keys::Purpose;

/// Seconds that the browser's mark lives: a year.
const VISITOR_SECONDS: i64 = 365 * 86_400;

/// A request and who makes it; cheap to clone. Made by the shell before any handler runs.
#[derive(Clone)]
pub struct Visit(Arc<Inner>);

struct Inner {
    app: App,
    ctx: Ctx,
    prefs: Preferences,
    path: String,
    session: Option<Arc<Session>>,
    fresh_visitor: bool,
    flash: Option<Flash>,
}

/// What the transport says about a request, before anything is looked up.
pub struct Arrival<'a> {
    /// The headers.
    pub headers: &'a HeaderMap,
    /// Path and query.
    pub path: String,
    /// The client after trusted proxies.
    pub address: IpAddr,
    /// The request's number.
    pub request_id: String,
    /// Whether a session may begin in this request: only then the device is described.
    pub may_begin_session: bool,
    /// Whether a program of the page asks by itself (a live part): that is no use of the session.
    pub by_itself: bool,
    /// A language named in the query (`?lang=en`), which wins over the remembered one.
    pub lang: Option<Lang>,
}

impl Visit {
    /// Reads cookies and finds the session; a failing storage is a visit without a session and an error to report.
    pub async fn begin(app: App, arrival: Arrival<'_>) -> (Visit, Result<(), crate::error::Error>) {
        let jar = app.jar();
        let headers = arrival.headers;
        let prefs = Preferences::from_cookies(headers.get(header::COOKIE));
        let [mark, token, flash] = jar.get_all(headers, ["vid", "sid", "flash"]);
        let kept = mark.filter(|mark| mark.len() == 22 && B64.decode_slice(mark, &mut [0; 18]).is_ok());
        let visitor = kept.map_or_else(|| B64.encode(app.rng().fork().bytes::<16>()), str::to_owned);
        let dev = jar.get(headers, devices::COOKIE);
        let marks = Marks::read(dev, arrival.may_begin_session.then(|| app.rng().fork()).as_mut());
        let caller = Caller {
            lang: arrival.lang.or(prefs.lang).unwrap_or_default(),
            address: arrival.address,
            request_id: arrival.request_id,
            visitor,
            marks,
            agent: if arrival.may_begin_session { super::agent::label(headers) } else { String::new() },
        };
        let mut ctx = app.ctx(caller);
        let (session, found) = match token {
            Some(token) => match find_session(&app, &ctx, token, !arrival.by_itself).await {
                Ok(session) => (session, Ok(())),
                Err(error) => (None, Err(error)),
            },
            None => (None, Ok(())),
        };
        if let Some(session) = &session {
            ctx.actor = Actor::Account(session.account.to_string());
        }
        let flash = flash.and_then(|name| flash::read(name, ctx.lang));
        let inner =
            Inner { app, ctx, prefs, path: arrival.path, session, fresh_visitor: kept.is_none(), flash };
        (Visit(Arc::new(inner)), found)
    }

    /// The portal.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// The context handed down to slices.
    pub fn ctx(&self) -> &Ctx {
        &self.0.ctx
    }

    /// The moment of the request.
    pub fn now(&self) -> Time {
        self.0.ctx.now
    }

    /// The language of the page.
    pub fn lang(&self) -> Lang {
        self.0.ctx.lang
    }

    /// Path and query of the request.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Who is signed in.
    pub fn session(&self) -> Option<&Arc<Session>> {
        self.0.session.as_ref()
    }

    /// Whether the session of this visit has not ended since the request arrived.
    ///
    /// # Errors
    /// The storage is away.
    pub async fn is_still_signed_in(&self) -> crate::error::Result<bool> {
        let Some(session) = self.session().cloned() else { return Ok(false) };
        if self.app().sessions().get(&session.token_hash, self.now()).is_some() {
            return Ok(true);
        }
        self.app().read(move |tx| sessions::is_open(tx, &session.id)).await
    }

    /// A text of the interface.
    pub fn t(&self, key: &'static str) -> &'static str {
        super::texts::text(self.lang(), key)
    }

    /// The remembered language and looks.
    pub fn preferences(&self) -> Preferences {
        self.0.prefs
    }

    /// The token of this browser's forms: a keyed hash of its mark.
    pub fn csrf(&self) -> String {
        B64.encode(self.0.ctx.keys.mac(Purpose::Csrf, &[self.0.ctx.visitor.as_bytes()]))
    }

    /// Whether a form's token is this browser's; keys that were rotated out a while ago still count.
    pub fn csrf_matches(&self, given: &str) -> bool {
        let Ok(given) = B64.decode(given) else { return false };
        let known = self.0.ctx.keys.macs(Purpose::Csrf, &[self.0.ctx.visitor.as_bytes()]);
        !self.0.fresh_visitor && known.iter().any(|mac| kernel::secret::same(mac, &given))
    }

    /// Whether the browser showed no mark of ours: a first visit, or cookies are off.
    pub fn is_new_visitor(&self) -> bool {
        self.0.fresh_visitor
    }

    /// The page skeleton for this visit.
    pub fn page(&self) -> Page {
        let inner = &self.0;
        let mut page = Page::new(self.lang(), &inner.path, self.now());
        page.csrf = self.csrf();
        page.look = inner.prefs.look;
        page.brand = inner.ctx.place.brand.clone();
        page.request_id = inner.ctx.request_id.clone();
        page.demo = inner.app.config().demo;
        page.zone = inner.app.zone().clone();
        page.flash = inner.flash.clone();
        if let Some(session) = &inner.session {
            page.viewer = Some(
                Viewer::new(&session.person.first_name, &session.person.surname, session.level)
                    .unread(session.unread),
            );
            let idle = inner.app.config().sessions.idle_seconds;
            page.session_ends_in = (!session.remember).then_some(idle);
        }
        page
    }

    /// Everything a page of this visit depends on besides the person. None when the page carries a message that is
    /// shown once.
    pub fn drawing_key(&self) -> Option<sessions::DrawnFor> {
        let inner = &self.0;
        inner.flash.is_none().then(|| sessions::DrawnFor {
            visitor: inner.ctx.visitor.clone(),
            lang: self.lang(),
            preferences: inner.prefs,
            path: inner.path.clone(),
            day: self.now().0 / kernel::Span::days(1).0,
        })
    }

    /// A page that was drawn before.
    pub fn drawn(&self, page: Bytes) -> Response {
        let mut response = Response::new(Body::from(page));
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        self.mark(response.headers_mut());
        response
    }

    /// A page as an answer.
    pub fn html(&self, status: StatusCode, page: &impl Template) -> Response {
        let body = match page.render() {
            Ok(body) => body,
            Err(error) => {
                return Fault::from(crate::error::Error::Bug(format!("template: {error}"))).into_response();
            }
        };
        let mut response =
            (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response();
        self.mark(response.headers_mut());
        response
    }

    /// An ordinary page.
    pub fn ok(&self, page: &impl Template) -> Response {
        self.html(StatusCode::OK, page)
    }

    /// A page with errors at its fields.
    pub fn unprocessable(&self, page: &impl Template) -> Response {
        self.html(StatusCode::UNPROCESSABLE_ENTITY, page)
    }

    /// On to another page of ours after a form (303: the form is not sent again).
    pub fn see_other(&self, path: &str) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let place = HeaderValue::from_str(path).unwrap_or_else(|_| HeaderValue::from_static("/"));
        response.headers_mut().insert(header::LOCATION, place);
        self.mark(response.headers_mut());
        response
    }

    /// As [`Visit::see_other`], with a message shown once on the next page.
    pub fn see_other_with(&self, path: &str, name: &'static str) -> Response {
        let mut response = self.see_other(path);
        response.headers_mut().append(header::SET_COOKIE, self.app().jar().set("flash", name, Some(60)));
        response
    }

    /// Gives a browser without a mark its mark, and takes a shown flash away.
    fn mark(&self, headers: &mut HeaderMap) {
        let jar = self.app().jar();
        if self.0.fresh_visitor {
            headers.append(header::SET_COOKIE, jar.set("vid", &self.0.ctx.visitor, Some(VISITOR_SECONDS)));
        }
        if self.0.flash.is_some() {
            headers.append(header::SET_COOKIE, jar.clear("flash"));
        }
    }
}

async fn find_session(
    app: &App,
    ctx: &Ctx,
    token: &str,
    is_use: bool,
) -> crate::error::Result<Option<Arc<Session>>> {
    let settings = &app.config().sessions;
    let hash = sessions::hash(token);
    // Taken before the first look: what is forgotten after it must not be kept again below.
    let ticket = app.sessions().ticket();
    if let Some(session) = app.sessions().get(&hash, ctx.now) {
        return Ok(used(app, ctx, session, ticket, is_use).await);
    }
    let (read_ctx, read_settings, token) = (ctx.clone(), settings.clone(), token.to_owned());
    let found = app.read(move |tx| sessions::find(tx, &read_ctx, &read_settings, &token)).await?;
    let Some(session) = found.map(Arc::new) else { return Ok(None) };
    app.sessions().put(session.clone(), ctx.now, ticket);
    Ok(used(app, ctx, session, ticket, is_use).await)
}

/// A session that is still alive; its use is written down once a minute, behind the answer.
async fn used(
    app: &App,
    ctx: &Ctx,
    session: Arc<Session>,
    ticket: u64,
    is_use: bool,
) -> Option<Arc<Session>> {
    if !sessions::alive(&session, &app.config().sessions, ctx.now) {
        app.sessions().forget(&session.account);
        return None;
    }
    if !is_use || (ctx.now - session.seen_at).0 < kernel::Span::minutes(1).0 {
        return Some(session);
    }
    let seen = Arc::new(Session { seen_at: ctx.now, ..(*session).clone() });
    app.sessions().put(seen.clone(), ctx.now, ticket);
    let (task_app, hash, now) = (app.clone(), session.token_hash, ctx.now);
    tokio::spawn(async move {
        if let Err(error) = task_app.write(move |tx| sessions::touch(tx, &hash, now)).await {
            tracing::warn!(%error, "a session's last use was not written down");
        }
    });
    Some(seen)
}

impl FromRequestParts<App> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visit, Infallible> {
        if let Some(visit) = parts.extensions.get::<Visit>() {
            return Ok(visit.clone());
        }
        // Only a router without the shell (a test of one handler) comes here.
        let arrival = Arrival {
            headers: &parts.headers,
            path: parts.uri.path().to_owned(),
            address: IpAddr::from([127, 0, 0, 1]),
            request_id: "none".into(),
            may_begin_session: true,
            by_itself: false,
            lang: None,
        };
        Ok(Visit::begin(app.clone(), arrival).await.0)
    }
}

/// Says that the handler of a request is for people who are signed in: whoever reads its body looks again.
#[derive(Clone, Copy)]
pub struct SignedInOnly;

/// A visit of somebody who is signed in; others are sent to the sign-in page and back.
pub struct SignedIn {
    /// The visit.
    pub visit: Visit,
    /// The session.
    pub session: Arc<Session>,
}

/// The pages on which a factor is bound, and the one that asks for the password again on the way.
fn may_bind_here(path: &str) -> bool {
    let below =
        |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    below(factors::web::PAGE) || below("/cabinet/security/passkeys") || below("/confirm")
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<SignedIn, Response> {
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        match visit.session().cloned() {
            // Who must have a second factor and has none binds one before anything else.
            Some(session) if factors::is_bind_only(&session.methods) && !may_bind_here(parts.uri.path()) => {
                Err(visit.see_other_with(factors::web::PAGE, "factor-first"))
            }
            Some(session) => {
                parts.extensions.insert(SignedInOnly);
                Ok(SignedIn { visit, session })
            }
            None => {
                let back = super::back::to_query(parts.uri.path());
                Err(visit.see_other(&format!("/sign-in?back={back}")))
            }
        }
    }
}
