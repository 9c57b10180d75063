//! `/admin/log`: what staff did, newest first, of everybody or of one member.

use super::desk::{Desk, Place};
use super::gate::AtDesk;
use super::words;
use crate::accounts;
use crate::error::Result;
use crate::staff::{StaffId, store};
use crate::web::fault::Fault;
use crate::web::form::Fields;
use crate::web::page::Page;
use crate::web::ui::{Button, Select, Table, Weight};
use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "staff/templates/log.html")]
struct LogPage {
    desk: Desk,
    page: Page,
    who: Select,
    show: Button,
    table: Table,
    empty: bool,
    next: Option<String>,
}

/// The page.
pub async fn get(desk: AtDesk, RawQuery(query): RawQuery) -> std::result::Result<Response, Fault> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes()).map_err(Fault::bad_request)?;
    let staff = match fields.text("staff") {
        "" => None,
        text => Some(StaffId::parse(text).ok_or_else(Fault::not_found)?),
    };
    let before = match fields.text("before") {
        "" => i64::MAX,
        text => text.parse().map_err(|_| Fault::not_found())?,
    };
    let chosen = staff.clone();
    let read: Result<_> = desk
        .visit
        .app()
        .read(move |tx| Ok((store::acts(tx, chosen.as_ref(), before)?, store::list_members(tx)?)))
        .await;
    let (acts, members) = read?;
    let visit = &desk.visit;
    let mut names = BTreeMap::new();
    for member in members {
        let person = accounts::account_person(visit.ctx(), &member.data_key, &member.person)?;
        names.insert(member.id.to_string(), format!("{} {}", person.first_name, person.surname));
    }
    let frame = Desk::new(&desk, Place::Log);
    let page = frame.page.clone();
    let next = acts.last().filter(|_| acts.len() as i64 == store::PAGE).map(|(_, last)| {
        let staff = staff.as_ref().map(StaffId::as_str).unwrap_or_default();
        format!("/admin/log?staff={staff}&before={}", last.number)
    });
    let mut table = Table::new(visit.t("staff-nav-log"))
        .column(visit.t("staff-log-time"))
        .column(visit.t("staff-log-who"))
        .column(visit.t("staff-what"))
        .column(visit.t("staff-log-more"));
    for (who, written) in &acts {
        table = table.row([
            page.date_time(written.at),
            names.get(who).cloned().unwrap_or_else(|| visit.t("staff-log-former").to_owned()),
            words::event(visit, &written.event).to_owned(),
            words::more(visit, &written.event),
        ]);
    }
    let who = names.iter().fold(
        Select::new(visit.lang(), "staff").option("", visit.t("staff-log-all")),
        |select, (id, name)| select.option(id.clone(), name.clone()),
    );
    let template = LogPage {
        who: who
            .label(visit.t("staff-log-who"))
            .selected(Some(staff.as_ref().map(StaffId::as_str).unwrap_or_default())),
        show: Button::new(visit.t("staff-jobs-show")).weight(Weight::Secondary),
        empty: acts.is_empty(),
        table,
        next,
        page,
        desk: frame,
    };
    Ok(visit.ok(&template))
}
