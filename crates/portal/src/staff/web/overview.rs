//! `/admin`: the portal at a glance. What is live is counted up to a bound; the rest was counted by a job.

use super::desk::{Desk, Place};
use super::gate::AtDesk;
use super::journal::JournalState;
use crate::error::Error;
use crate::staff::store::{self, Counted};
use crate::web::fault::Fault;
use crate::web::format;
use crate::web::page::{Page, level_name};
use crate::web::ui::{SummaryList, Table};
use crate::web::visit::Visit;
use ::store::Engine;
use ::store::jobs::{self, Load};
use askama::Template;
use axum::response::Response;
use kernel::{Level, Time};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "staff/templates/overview.html")]
struct OverviewPage {
    desk: Desk,
    page: Page,
    counted: String,
    tables: Vec<Table>,
    now: SummaryList,
    system: SummaryList,
}

type Figures = BTreeMap<String, Counted>;

fn value(figures: &Figures, name: &str) -> i64 {
    figures.get(name).map_or(0, |counted| counted.value)
}

/// A number with its thousands apart.
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if n < 0 { format!("−{text}") } else { text }
}

/// A number that was counted up to a bound.
fn bounded(n: i64) -> String {
    if n >= Load::MOST { format!("{}+", number(Load::MOST)) } else { number(n) }
}

/// The page.
pub async fn get(desk: AtDesk) -> std::result::Result<Response, Fault> {
    let now = desk.visit.now();
    let read = desk
        .visit
        .app()
        .read(move |tx| Ok::<_, Error>((store::figures(tx)?, jobs::load(tx, now)?, JournalState::read(tx)?)));
    let ((figures, at), load, journal) = read.await?;
    let frame = Desk::new(&desk, Place::Overview);
    let page = frame.page.clone();
    let visit = &desk.visit;
    let counted = match at {
        Some(at) => page.tf1("staff-counted", "time", page.date_time(at)),
        None => visit.t("staff-counted-not-yet").to_owned(),
    };
    let tables = vec![
        accounts(visit, &figures),
        sign_ins(visit, &figures),
        messages(visit, &figures),
        reviews(visit, &figures),
    ];
    let template = OverviewPage {
        counted,
        tables,
        now: journal.rows(visit, &page, load_list(visit, &page, load)),
        system: system(visit, &page, &figures),
        desk: frame,
        page,
    };
    Ok(visit.ok(&template))
}

fn accounts(visit: &Visit, figures: &Figures) -> Table {
    let lang = visit.lang();
    let mut table = Table::new(visit.t("staff-accounts")).column(visit.t("staff-status"));
    for level in Level::ALL {
        table = table.numbers(level_name(lang, level));
    }
    for (status, key) in [
        ("open", "staff-status-open"),
        ("locked", "staff-status-locked"),
        ("lockdown", "staff-status-lockdown"),
        ("closing", "staff-status-closing"),
        ("erased", "staff-status-erased"),
    ] {
        let counts =
            Level::ALL.map(|level| number(value(figures, &format!("account/{status}/{}", level.word()))));
        table = table.row([visit.t(key).to_owned()].into_iter().chain(counts));
    }
    table
}

fn sign_ins(visit: &Visit, figures: &Figures) -> Table {
    let mut table = Table::new(visit.t("staff-sign-ins"))
        .column(visit.t("staff-what"))
        .numbers(visit.t("staff-hour"))
        .numbers(visit.t("staff-day"));
    for (event, key) in [
        ("signed_in", "staff-signed-in"),
        ("sign_in_failed", "staff-sign-in-failed"),
        ("sign_in_locked", "staff-sign-in-locked"),
    ] {
        let count = |span: &str| number(value(figures, &format!("event/{event}/{span}")));
        table = table.row([visit.t(key).to_owned(), count("hour"), count("day")]);
    }
    table
}

fn messages(visit: &Visit, figures: &Figures) -> Table {
    let mut table = Table::new(visit.t("staff-messages")).column(visit.t("staff-channel"));
    let states = [
        ("queued", "staff-message-queued"),
        ("sent", "staff-message-sent"),
        ("delivered", "staff-message-delivered"),
        ("failed", "staff-message-failed"),
        ("expired", "staff-message-expired"),
    ];
    for (_, key) in states {
        table = table.numbers(visit.t(key));
    }
    for (channel, key) in
        [("sms", "staff-channel-sms"), ("call", "staff-channel-call"), ("email", "staff-channel-email")]
    {
        let counts = states.map(|(state, _)| number(value(figures, &format!("message/{channel}/{state}"))));
        table = table.row([visit.t(key).to_owned()].into_iter().chain(counts));
    }
    table
}

fn reviews(visit: &Visit, figures: &Figures) -> Table {
    let states = [
        ("review/waiting", "staff-review-waiting"),
        ("review/late", "staff-review-late"),
        ("review/asked", "staff-review-asked"),
    ];
    states.into_iter().fold(
        Table::new(visit.t("staff-nav-review"))
            .column(visit.t("staff-status"))
            .numbers(visit.t("staff-review-cases")),
        |table, (name, key)| table.row([visit.t(key).to_owned(), number(value(figures, name))]),
    )
}

fn load_list(visit: &Visit, page: &Page, load: Load) -> SummaryList {
    let waits = match load.oldest.filter(|at| *at <= visit.now()) {
        Some(at) => page.tf1("staff-oldest-since", "time", page.date_time(at)),
        None => visit.t("staff-nothing-waits").to_owned(),
    };
    SummaryList::new()
        .row(visit.t("staff-due"), bounded(load.due))
        .row(visit.t("staff-oldest"), waits)
        .row(visit.t("staff-dead"), bounded(load.dead))
}

fn system(visit: &Visit, page: &Page, figures: &Figures) -> SummaryList {
    let app = visit.app();
    let engine = match app.db().engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let megabytes = value(figures, "storage").unsigned_abs().div_ceil(1024 * 1024).cast_signed();
    let started: Time = app.started();
    let up = format::wait(page.lang, (visit.now() - started).whole_seconds_up());
    SummaryList::new()
        .row(visit.t("staff-version"), env!("CARGO_PKG_VERSION"))
        .row(visit.t("staff-engine"), engine)
        .row(visit.t("staff-storage"), page.tf1("staff-megabytes", "n", number(megabytes)))
        .row(
            visit.t("staff-up"),
            page.tf("staff-up-since", &[("for", up.into()), ("time", page.date_time(started).into())]),
        )
}
