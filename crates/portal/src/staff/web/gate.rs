//! The gate of the workplace: asked at every request, before the handler, by the route's own row.

use crate::app::App;
use crate::audit::{self, Chain, Event};
use crate::ctx::Actor;
use crate::error::Result;
use crate::limits::{self, Limit};
use crate::sessions::Session;
use crate::staff::{self, Member, Right, Role, StaffId, store};
use crate::web::fault::Fault;
use crate::web::visit::{SignedInOnly, Visit};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use std::convert::Infallible;
use std::sync::Arc;

/// The cookie of the workplace, by its plain name.
pub const COOKIE: &str = "staff";
/// Where one begins.
pub const FOLDER: &str = "/admin";
/// The folders of the workplaces: the cookie is set for each, and sent nowhere else.
pub const FOLDERS: [&str; 2] = [FOLDER, "/review"];

/// A refusal of one kind is written down once in this window for each member.
const REFUSALS: Limit = Limit::new(1, 300);

/// A member of staff at the workplace. Only routes with `Access::Staff` have one.
pub struct AtDesk {
    /// The visit.
    pub visit: Visit,
    /// Who.
    pub member: Arc<Member>,
}

/// A member of staff before the workplace: on routes with `Access::Member`.
pub struct AtDoor {
    /// The visit.
    pub visit: Visit,
    /// The ordinary session.
    pub session: Arc<Session>,
    /// The membership.
    pub id: StaffId,
    /// The role.
    pub role: Role,
    /// The session at the workplace, when there is one already.
    pub inside: Option<Arc<Member>>,
}

#[derive(Clone)]
struct Passed {
    id: StaffId,
    role: Role,
    session: Arc<Session>,
    inside: Option<Arc<Member>>,
}

/// Puts the gate before a handler.
pub fn members_only(handler: MethodRouter<App>, right: Option<Right>) -> MethodRouter<App> {
    handler.route_layer(middleware::from_fn(move |request: Request, next: Next| guard(right, request, next)))
}

async fn guard(right: Option<Right>, mut request: Request, next: Next) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return Fault::not_found().into_response();
    };
    match pass(&visit, request.headers(), request.method(), right).await {
        Ok(Ok(passed)) => {
            request.extensions_mut().insert(passed);
            next.run(request).await
        }
        Ok(Err(refused)) => refused,
        Err(error) => Fault::from(error).into_response(),
    }
}

/// What the database says about whoever asks.
struct Known {
    membership: Option<(StaffId, Role)>,
    session: Option<store::FoundSession>,
    token_known: bool,
}

async fn look(visit: &Visit, token: Option<&str>) -> Result<Known> {
    let hash = token.map(|token| staff::session_hash(visit.ctx(), token));
    let account = visit.session().map(|session| session.account.clone());
    visit
        .app()
        .read(move |tx| {
            let membership = match &account {
                Some(account) => store::member_of(tx, account)?,
                None => None,
            };
            let (session, token_known) = match &hash {
                Some(hash) if membership.is_some() => (store::find_session(tx, hash)?, true),
                Some(hash) => (None, store::is_known(tx, hash)?),
                None => (None, false),
            };
            Ok(Known { membership, session, token_known })
        })
        .await
}

type Answer = std::result::Result<Passed, Response>;

async fn pass(visit: &Visit, headers: &HeaderMap, method: &Method, right: Option<Right>) -> Result<Answer> {
    let token = visit.app().jar().get_in(headers, COOKIE).filter(|token| token.len() == 43);
    if visit.session().is_none() && token.is_none() {
        return Ok(Err(Fault::not_found().into_response()));
    }
    let known = look(visit, token).await?;
    let (Some(session), Some((id, role))) = (visit.session().cloned(), known.membership) else {
        // A browser in which staff worked before is told where to sign in; everybody else finds nothing here.
        let lapsed = visit.session().is_none() && known.token_known;
        let answer =
            if lapsed { visit.see_other("/sign-in?back=/admin") } else { Fault::not_found().into_response() };
        return Ok(Err(answer));
    };
    let settings = &visit.app().config().staff;
    if !settings.networks.is_empty()
        && !settings.networks.iter().any(|network| network.contains(visit.ctx().address))
    {
        note_refusal(visit, &id, "address").await?;
        return Ok(Err(Fault::not_here().into_response()));
    }
    let strong = staff::strong_enough(&session.methods, settings.need(role));
    let found = known.session.filter(|found| {
        let now = visit.now();
        strong
            && found.staff == id
            && found.session == session.id.as_str()
            && staff::alive(found.created_at, found.seen_at, found.expires_at, settings.idle_seconds, now)
    });
    let inside = match found {
        Some(found) => {
            touch(visit, &found).await?;
            Some(Arc::new(Member {
                id: id.clone(),
                account: session.account.clone(),
                role,
                session: found.id,
                name: short_name(&session),
                ends_at: found.expires_at,
            }))
        }
        None => None,
    };
    let Some(right) = right else { return Ok(Ok(Passed { id, role, session, inside })) };
    if inside.is_none() {
        let back = if method == Method::GET { visit.path() } else { FOLDER };
        let back = crate::web::back::to_query(back.split('?').next().unwrap_or(FOLDER));
        return Ok(Err(visit.see_other(&format!("/admin/enter?back={back}"))));
    }
    if !staff::may(role, right) {
        note_refusal(visit, &id, "right").await?;
        return Ok(Err(Fault::no_right().into_response()));
    }
    Ok(Ok(Passed { id, role, session, inside }))
}

/// First name and the first letter of the surname.
fn short_name(session: &Session) -> String {
    let person = &session.person;
    match person.surname.chars().next() {
        Some(letter) => format!("{} {letter}.", person.first_name),
        None => person.first_name.clone(),
    }
}

/// Writes the use of a session down, once a minute.
async fn touch(visit: &Visit, found: &store::FoundSession) -> Result<()> {
    let now = visit.now();
    if (now - found.seen_at).0 < kernel::Span::minutes(1).0 {
        return Ok(());
    }
    let id = found.id.clone();
    visit.app().write(move |tx| store::touch_session(tx, &id, now)).await
}

/// Writes a refusal into the portal's journal; equal ones once in five minutes.
pub async fn note_refusal(visit: &Visit, id: &StaffId, reason: &'static str) -> Result<()> {
    let actor = Actor::Staff { id: id.to_string(), name: String::new() };
    let (ctx, id) = (visit.ctx().clone().acting_as(actor), id.clone());
    let written = visit.app().write(move |tx| {
        let name = format!("{id}/{reason}");
        if limits::take(tx, &ctx, "staff-refusal", &name, REFUSALS)?.allowed() {
            let event = Event::StaffRefused { reason: reason.into() };
            audit::record(tx, &ctx, Chain::Portal, &event)?;
            store::note_act(tx, &id)?;
        }
        Ok(())
    });
    written.await
}

impl FromRequestParts<App> for AtDesk {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<AtDesk, Fault> {
        parts.extensions.insert(SignedInOnly);
        let visit: std::result::Result<Visit, Infallible> = Visit::from_request_parts(parts, app).await;
        let Ok(visit) = visit;
        // Without the gate there is no member: a route that forgot its rule does not exist.
        let passed = parts.extensions.get::<Passed>().ok_or_else(Fault::not_found)?;
        let member = passed.inside.clone().ok_or_else(Fault::not_found)?;
        Ok(AtDesk { visit, member })
    }
}

impl FromRequestParts<App> for AtDoor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<AtDoor, Fault> {
        parts.extensions.insert(SignedInOnly);
        let visit: std::result::Result<Visit, Infallible> = Visit::from_request_parts(parts, app).await;
        let Ok(visit) = visit;
        let Passed { id, role, session, inside } =
            parts.extensions.get::<Passed>().cloned().ok_or_else(Fault::not_found)?;
        Ok(AtDoor { visit, session, id, role, inside })
    }
}
