//! `/staff/join`: accepting an invitation. The link of the letter only puts its token into a cookie, so that it stands
//! in no further address and in no address of the sign-in on the way.

use super::weak::{Missing, missing};
use crate::staff::{self, Accepted, Invitation, Role};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::is_fresh;
use crate::web::page::Page;
use crate::web::ui::{Button, LinkButton, SummaryList};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

const COOKIE: &str = "invitation";
const FOLDER: &str = "/staff/join";
/// Seconds for which a browser remembers the link: enough to sign in or to set up a second factor.
const REMEMBERED: i64 = 3_600;

#[derive(Template)]
#[template(path = "staff/templates/join.html")]
struct JoinPage {
    page: Page,
    offer: Option<Offer>,
}

/// What is offered, and what is to be done next.
struct Offer {
    facts: SummaryList,
    until: String,
    who: Option<String>,
    text: &'static str,
    way: Option<LinkButton>,
    button: Option<Button>,
}

/// The link of the letter.
pub async fn link(visit: Visit, Path(token): Path<String>) -> Response {
    let good = token.len() == 43
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let mut response = visit.see_other(FOLDER);
    if good {
        // Lax, not strict: the way here begins in a mailbox.
        let cookie = visit.app().jar().set(COOKIE, &token, Some(REMEMBERED));
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn token(visit: &Visit, headers: &HeaderMap) -> Option<String> {
    visit.app().jar().get(headers, COOKIE).filter(|token| token.len() == 43).map(str::to_owned)
}

async fn find(visit: &Visit, token: &str) -> crate::error::Result<Option<Invitation>> {
    let (ctx, token) = (visit.ctx().clone(), token.to_owned());
    visit.app().read(move |tx| staff::invitation(tx, &ctx, &token)).await
}

fn strong(visit: &Visit, role: Role) -> bool {
    let need = visit.app().config().staff.need(role);
    visit.session().is_some_and(|session| staff::strong_enough(&session.methods, need))
}

async fn draw(visit: &Visit, found: Option<Invitation>) -> std::result::Result<Response, Fault> {
    let page = visit.page();
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::GONE };
    let offer = match found {
        Some(found) => Some(offer(visit, &page, found).await?),
        None => None,
    };
    Ok(visit.html(status, &JoinPage { page, offer }))
}

async fn offer(visit: &Visit, page: &Page, found: Invitation) -> std::result::Result<Offer, Fault> {
    let strong = strong(visit, found.role);
    let need = visit.app().config().staff.need(found.role);
    let (text, way, button) = match visit.session() {
        None => {
            let way = LinkButton::new(visit.t("web-sign-in"), "/sign-in?back=/staff/join");
            (visit.t("staff-join-sign-in"), Some(way), None)
        }
        Some(session) if !strong => {
            let Missing { text, way } = missing(visit, &session.account, need, FOLDER).await?;
            (text, Some(way), None)
        }
        Some(_) => (visit.t("staff-join-ready"), None, Some(Button::new(visit.t("staff-join-button")))),
    };
    let who = visit.session().map(|session| session.person.address_name());
    Ok(Offer {
        facts: SummaryList::new()
            .row(visit.t("staff-role"), visit.t(found.role.text_key()))
            .row(visit.t("staff-role-for"), visit.t(found.role.about_key())),
        until: page.tf1("staff-join-until", "time", page.date_time(found.expires_at)),
        who: who.map(|name| page.tf1("staff-join-who", "name", name)),
        text,
        way,
        button,
    })
}

/// The page.
pub async fn get(visit: Visit, headers: HeaderMap) -> std::result::Result<Response, Fault> {
    let found = match token(&visit, &headers) {
        Some(token) => find(&visit, &token).await?,
        None => None,
    };
    draw(&visit, found).await
}

/// Accepts.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let Some(token) = token(&visit, &headers) else { return draw(&visit, None).await };
    let Some(found) = find(&visit, &token).await? else { return draw(&visit, None).await };
    let Some(session) = visit.session().cloned() else { return draw(&visit, Some(found)).await };
    if !strong(&visit, found.role) {
        return draw(&visit, Some(found)).await;
    }
    if !is_fresh(session.auth_at, visit.now(), visit.app().config().sessions.fresh_seconds) {
        return Ok(visit.see_other("/confirm?back=/staff/join"));
    }
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let accepted = visit.app().write(move |tx| staff::accept(tx, &ctx, &token, &account)).await;
    let accepted = match accepted {
        // Two invitations were accepted by one account at one moment.
        Err(error) if crate::accounts::is_taken(&error) => Accepted::AlreadyStaff,
        other => other?,
    };
    let mut response = match accepted {
        Accepted::Joined(_) => visit.see_other_with("/admin/enter", "staff-joined"),
        Accepted::AlreadyStaff => visit.see_other_with("/admin/enter", "staff-already"),
        Accepted::Gone => return draw(&visit, None).await,
    };
    response.headers_mut().append(header::SET_COOKIE, visit.app().jar().clear(COOKIE));
    Ok(response)
}
