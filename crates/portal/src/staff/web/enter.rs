//! `/admin/enter`: from the ordinary session to the workplace, and back.

use super::gate::{AtDoor, COOKIE, FOLDER, FOLDERS, note_refusal};
use super::weak::{Missing, missing};
use crate::audit::{self, Chain, Event};
use crate::ctx::Actor;
use crate::staff::{self, store};
use crate::web::back;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::is_fresh;
use crate::web::page::{Kind, Page};
use crate::web::ui::{Button, LinkButton, Notice, SummaryList};
use askama::Template;
use axum::extract::RawQuery;
use axum::http::{StatusCode, header};
use axum::response::Response;

#[derive(Template)]
#[template(path = "staff/templates/enter.html")]
struct EnterPage {
    page: Page,
    facts: SummaryList,
    back: String,
    weak: Option<Weak>,
    button: Button,
}

/// What is missing.
struct Weak {
    notice: Notice,
    way: LinkButton,
}

/// A page of the workplace to go on to.
fn target(query: Option<&str>) -> String {
    let wanted = query
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("back=")))
        .unwrap_or(FOLDER);
    inside(wanted).to_owned()
}

fn inside(wanted: &str) -> &str {
    let path = back::from_query(wanted);
    let is_in = |folder: &&str| {
        let rest = path.strip_prefix(*folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if FOLDERS.iter().any(is_in) { path } else { FOLDER }
}

async fn draw(door: &AtDoor, back: String, status: StatusCode) -> std::result::Result<Response, Fault> {
    let AtDoor { visit, session, role, .. } = door;
    let settings = &visit.app().config().staff;
    let need = settings.need(*role);
    let weak = if staff::strong_enough(&session.methods, need) {
        None
    } else {
        let Missing { text, way } = missing(visit, &session.account, need, "/admin/enter").await?;
        Some(Weak { notice: Notice::new(visit.lang(), Kind::Warning, text), way })
    };
    let page = visit.page();
    let lasts = page.tf(
        "staff-enter-lasts",
        &[
            ("minutes", (settings.idle_seconds / 60).into()),
            ("hours", (settings.absolute_seconds / 3_600).into()),
        ],
    );
    let template = EnterPage {
        facts: SummaryList::new()
            .row(visit.t("staff-role"), visit.t(role.text_key()))
            .row(visit.t("staff-role-for"), visit.t(role.about_key()))
            .row(visit.t("staff-enter-time"), lasts),
        back,
        weak,
        button: Button::new(visit.t("staff-enter-button")),
        page,
    };
    Ok(visit.html(status, &template))
}

/// The page.
pub async fn get(door: AtDoor, RawQuery(query): RawQuery) -> std::result::Result<Response, Fault> {
    let back = target(query.as_deref());
    if door.inside.is_some() {
        return Ok(door.visit.see_other(&back));
    }
    draw(&door, back, StatusCode::OK).await
}

/// Opens the workplace.
pub async fn post(door: AtDoor, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["back"])?;
    let AtDoor { visit, session, id, role, .. } = &door;
    let back = inside(fields.text("back")).to_owned();
    let config = visit.app().config();
    if !staff::strong_enough(&session.methods, config.staff.need(*role)) {
        note_refusal(visit, id, "strength").await?;
        return draw(&door, back, StatusCode::FORBIDDEN).await;
    }
    if !is_fresh(session.auth_at, visit.now(), config.sessions.fresh_seconds) {
        return Ok(visit.see_other("/confirm?back=/admin/enter"));
    }
    let (ctx, settings, session_id) = (visit.ctx().clone(), config.staff.clone(), session.id.clone());
    let (staff_id, account) = (id.clone(), session.account.clone());
    let ctx = ctx.acting_as(Actor::Account(account.to_string()));
    let token = visit
        .app()
        .write(move |tx| staff::begin(tx, &ctx, &settings, &staff_id, &account, &session_id))
        .await?;
    let mut response = visit.see_other(&back);
    for folder in FOLDERS {
        let cookie = visit.app().jar().set_in(folder, COOKIE, token.expose(), None);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Leaves the workplace; the ordinary session stays.
pub async fn leave(door: AtDoor, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let AtDoor { visit, id, inside, .. } = &door;
    if let Some(member) = inside {
        let actor = Actor::Staff { id: id.to_string(), name: String::new() };
        let (ctx, member) = (visit.ctx().clone().acting_as(actor), member.clone());
        visit
            .app()
            .write(move |tx| {
                store::end_session(tx, &member.session, "left", ctx.now)?;
                let event = Event::StaffLeft { staff: member.id.to_string() };
                audit::record(tx, &ctx, Chain::Portal, &event)?;
                store::note_act(tx, &member.id)
            })
            .await?;
    }
    let mut response = visit.see_other_with("/cabinet", "staff-left");
    for folder in FOLDERS {
        let gone = visit.app().jar().set_in(folder, COOKIE, "", Some(0));
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    Ok(response)
}
