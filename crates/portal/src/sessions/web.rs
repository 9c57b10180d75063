//! Sessions in the browser: the cookie, and the owner's list of sessions.

use super::{End, SessionId, Token};
use crate::error::Result;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Access, Routes};
use crate::web::ui::{Button, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::http::header;
use axum::response::Response;

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/cabinet/security/sessions", Access::SignedIn, get)
        .post("/cabinet/security/sessions/end", Access::SignedIn, end_one)
        .post("/cabinet/security/sessions/end-others", Access::SignedIn, end_others)
}

/// Days that a browser keeps its device marks: browsers keep no cookie longer.
const DEVICE_DAYS: i64 = 400;

/// Gives the session cookie to the browser, and its device mark; a remembered session outlives the window.
pub fn keep_cookie(visit: &Visit, response: &mut Response, token: &Token, remember: bool) {
    let settings = &visit.app().config().sessions;
    let seconds = remember.then_some(settings.remember_most_days * 86_400);
    let jar = visit.app().jar();
    response.headers_mut().append(header::SET_COOKIE, jar.set("sid", token.expose(), seconds));
    if let Some(marks) = visit.ctx().marks.cookie(token.new_device) {
        response.headers_mut().append(header::SET_COOKIE, jar.set("dev", &marks, Some(DEVICE_DAYS * 86_400)));
    }
}

#[derive(Template)]
#[template(path = "sessions/templates/list.html")]
struct ListPage {
    page: Page,
    rows: Vec<Row>,
    end_others: Option<Button>,
}

struct Row {
    id: String,
    agent: String,
    address: String,
    since: String,
    seen: String,
    remember: bool,
    current: bool,
    end: Button,
}

/// The list.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    let (ctx, settings, account) =
        (visit.ctx().clone(), visit.app().config().sessions.clone(), session.account.clone());
    let listed = visit.app().read(move |tx| super::list(tx, &ctx, &settings, &account)).await?;
    let page = visit.page();
    let rows: Vec<Row> = listed
        .into_iter()
        .map(|row| Row {
            agent: if row.device.agent.is_empty() {
                visit.t("sessions-unknown-device").into()
            } else {
                row.device.agent
            },
            address: row.device.address,
            since: page.date_time(row.created_at),
            seen: page.date_time(row.seen_at),
            remember: row.remember,
            current: row.id == session.id,
            end: Button::new(visit.t("sessions-end")).weight(Weight::Quiet),
            id: row.id.to_string(),
        })
        .collect();
    let others = rows.len() > 1;
    let end_others = others.then(|| Button::new(visit.t("sessions-end-others")).weight(Weight::Danger));
    Ok(visit.ok(&ListPage { page, rows, end_others }))
}

/// Ends one session; ending this very one is signing out.
pub async fn end_one(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["session"])?;
    let id = SessionId::parse(fields.text("session")).ok_or_else(Fault::not_found)?;
    let own = id == session.id;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let ended = visit.app().write(move |tx| super::end(tx, &ctx, &account, &id, End::ByOwner)).await?;
    visit.app().sessions().forget(&session.account);
    if !ended {
        return Err(Fault::not_found());
    }
    Ok(visit.see_other_with(if own { "/sign-in" } else { "/cabinet/security/sessions" }, "session-ended"))
}

/// Ends every other session.
pub async fn end_others(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let (ctx, account, id) = (visit.ctx().clone(), session.account.clone(), session.id.clone());
    let ended: Result<u64> =
        visit.app().write(move |tx| super::end_all(tx, &ctx, &account, Some(&id), End::ByOwner)).await;
    visit.app().sessions().forget(&session.account);
    ended?;
    Ok(visit.see_other_with("/cabinet/security/sessions", "sessions-ended"))
}
