//! `/cabinet/security/devices`: the devices that the account was signed in from.

use super::{DeviceId, Label};
use crate::audit::{self, Chain, Event};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Access, Routes};
use crate::web::ui::{Button, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::response::Response;

/// The routes.
pub fn routes() -> Routes {
    Routes::default().get("/cabinet/security/devices", Access::SignedIn, get).post(
        "/cabinet/security/devices/forget",
        Access::SignedIn,
        forget,
    )
}

#[derive(Template)]
#[template(path = "devices/templates/list.html")]
struct ListPage {
    page: Page,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    agent: String,
    place: String,
    first: String,
    last: String,
    current: bool,
    forget: Button,
}

/// Browser and system as the owner reads them.
fn agent(visit: &Visit, label: &Label) -> String {
    if label.agent.is_empty() { visit.t("sessions-unknown-device").to_owned() } else { label.agent.clone() }
}

/// The list.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    let (ctx, settings, account) =
        (visit.ctx().clone(), visit.app().config().devices.clone(), session.account.clone());
    let listed = visit.app().read(move |tx| super::list(tx, &ctx, &settings, &account)).await?;
    let page = visit.page();
    let rows = listed
        .into_iter()
        .map(|row| Row {
            agent: agent(&visit, &row.label),
            place: row.label.place(visit.lang()),
            first: page.date_time(row.first_at),
            last: page.date_time(row.last_at),
            current: row.current,
            forget: Button::new(visit.t("devices-forget")).weight(Weight::Quiet),
            id: row.id.to_string(),
        })
        .collect();
    Ok(visit.ok(&ListPage { page, rows }))
}

/// Forgets a device: its next sign-in is a new one, and told. Sessions go on.
pub async fn forget(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["device"])?;
    let id = DeviceId::parse(fields.text("device")).ok_or_else(Fault::not_found)?;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let forgotten = visit.app().write(move |tx| {
        let forgotten = super::forget(tx, &account, &id)?;
        if forgotten {
            let event = Event::DeviceForgotten { device: id.to_string() };
            audit::record(tx, &ctx, Chain::Account(account.as_str()), &event)?;
        }
        Ok(forgotten)
    });
    if !forgotten.await? {
        return Err(Fault::not_found());
    }
    Ok(visit.see_other_with("/cabinet/security/devices", "device-forgotten"))
}
