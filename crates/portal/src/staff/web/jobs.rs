//! `/admin/jobs`: background work by state and kind, page by page; dead jobs are run again. What a job carries is never
//! shown: identifiers at most, and the text of a message is sealed elsewhere.

use super::desk::{Desk, Place};
use super::gate::AtDesk;
use super::overview::number;
use crate::audit::Event;
use crate::error::{Error, Result};
use crate::staff::{Right, store};
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::page::Page;
use crate::web::ui::{Button, Select, Weight};
use crate::web::visit::Visit;
use ::store::jobs::{self, Job, JobKind, State};
use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use kernel::{Id, Time};
use std::collections::BTreeSet;

/// Jobs on one page.
const PAGE: u32 = 50;
/// Dead jobs of a kind that one press runs again.
const AT_ONCE: u32 = 1_000;

#[derive(Template)]
#[template(path = "staff/templates/jobs.html")]
struct JobsPage {
    desk: Desk,
    page: Page,
    counts: Vec<CountRow>,
    counted: String,
    state: Select,
    kind: Select,
    filter: Button,
    rows: Vec<Row>,
    dead: bool,
    chosen_kind: Option<String>,
    next: Option<String>,
}

struct CountRow {
    kind: String,
    waiting: String,
    done: String,
    dead: String,
}

struct Row {
    id: String,
    kind: String,
    attempts: String,
    when: String,
    reason: String,
}

/// What is asked for.
struct Wish {
    state: State,
    kind: Option<String>,
    after: Option<(Time, Id<JobKind>)>,
}

fn wish(query: Option<&str>) -> std::result::Result<Wish, Fault> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes()).map_err(Fault::bad_request)?;
    let word = fields.text("state");
    let state =
        if word.is_empty() { State::Dead } else { State::from_word(word).ok_or_else(Fault::not_found)? };
    let kind = Some(fields.text("kind")).filter(|kind| !kind.is_empty()).map(str::to_owned);
    let after = match fields.text("after") {
        "" => None,
        text => {
            let (at, id) = text.split_once('.').ok_or_else(Fault::not_found)?;
            let at = at.parse().map_err(|_| Fault::not_found())?;
            Some((Time(at), Id::parse(id).ok_or_else(Fault::not_found)?))
        }
    };
    Ok(Wish { state, kind, after })
}

/// The page.
pub async fn get(desk: AtDesk, RawQuery(query): RawQuery) -> std::result::Result<Response, Fault> {
    let wish = wish(query.as_deref())?;
    let (state, kind, after) = (wish.state, wish.kind.clone(), wish.after.clone());
    let read: Result<_> = desk
        .visit
        .app()
        .read(move |tx| {
            let after = after.as_ref().map(|(at, id)| (*at, id));
            let found = jobs::page(tx, state, kind.as_deref(), after, PAGE + 1)?;
            Ok((found, store::figures(tx)?))
        })
        .await;
    let (mut found, (figures, at)) = read?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let next = found.last().filter(|_| more).map(|last| next_page(&wish, last));
    let visit = &desk.visit;
    let frame = Desk::new(&desk, Place::Jobs);
    let page = frame.page.clone();
    let kinds: BTreeSet<String> = figures
        .keys()
        .filter_map(|name| name.strip_prefix("job/")?.rsplit_once('/'))
        .map(|(kind, _)| kind.to_owned())
        .chain(wish.kind.clone())
        .collect();
    let count = |kind: &str, state: &str| {
        number(figures.get(&format!("job/{kind}/{state}")).map_or(0, |counted| counted.value))
    };
    let counts = kinds.iter().map(|kind| CountRow {
        waiting: count(kind, "waiting"),
        done: count(kind, "done"),
        dead: count(kind, "dead"),
        kind: kind.clone(),
    });
    let template = JobsPage {
        counts: counts.collect(),
        counted: match at {
            Some(at) => page.tf1("staff-counted", "time", page.date_time(at)),
            None => visit.t("staff-counted-not-yet").to_owned(),
        },
        state: state_filter(visit, wish.state),
        kind: kind_filter(visit, &kinds, wish.kind.as_deref()),
        filter: Button::new(visit.t("staff-jobs-show")).weight(Weight::Secondary),
        rows: found.iter().map(|job| row(&page, job)).collect(),
        dead: wish.state == State::Dead,
        chosen_kind: wish.kind,
        next,
        desk: frame,
        page,
    };
    Ok(visit.ok(&template))
}

fn next_page(wish: &Wish, last: &Job) -> String {
    let at = if wish.state == State::Waiting { last.run_at } else { last.ended_at.unwrap_or(last.run_at) };
    let kind = wish.kind.as_deref().unwrap_or_default();
    format!("/admin/jobs?state={}&kind={kind}&after={}.{}", wish.state.word(), at.0, last.id)
}

fn state_filter(visit: &Visit, chosen: State) -> Select {
    [
        (State::Dead, "staff-jobs-dead"),
        (State::Waiting, "staff-jobs-waiting"),
        (State::Done, "staff-jobs-done"),
    ]
    .into_iter()
    .fold(Select::new(visit.lang(), "state"), |select, (state, key)| {
        select.option(state.word(), visit.t(key))
    })
    .label(visit.t("staff-status"))
    .selected(Some(chosen.word()))
}

fn kind_filter(visit: &Visit, kinds: &BTreeSet<String>, chosen: Option<&str>) -> Select {
    let select = Select::new(visit.lang(), "kind").option("", visit.t("staff-jobs-all"));
    kinds
        .iter()
        .fold(select, |select, kind| select.option(kind.clone(), kind.clone()))
        .label(visit.t("staff-jobs-kind"))
        .selected(Some(chosen.unwrap_or_default()))
}

fn row(page: &Page, job: &Job) -> Row {
    Row {
        id: job.id.to_string(),
        kind: job.kind.clone(),
        attempts: format!("{} / {}", job.attempts, job.max_attempts),
        when: page.date_time(job.ended_at.unwrap_or(job.run_at)),
        reason: job.last_reason.clone().unwrap_or_default(),
    }
}

/// Runs one dead job again.
pub async fn retry(desk: AtDesk, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["job"])?;
    let AtDesk { visit, member } = &desk;
    let id: Id<JobKind> = Id::parse(fields.text("job")).ok_or_else(Fault::not_found)?;
    let (ctx, member) = (visit.ctx().clone(), member.clone());
    let done = visit
        .app()
        .write(move |tx| {
            let done = jobs::retry_dead(tx, &id, ctx.now)?;
            if done {
                member.record(tx, &ctx, &Event::JobRetried { job: id.to_string() })?;
            }
            Ok::<bool, Error>(done)
        })
        .await?;
    Ok(visit.see_other_with("/admin/jobs", if done { "staff-done" } else { "staff-nothing" }))
}

/// Runs the dead jobs of a kind again, a thousand at most.
pub async fn retry_kind(desk: AtDesk, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["kind"])?;
    let AtDesk { visit, member } = &desk;
    let kind = fields.text("kind").to_owned();
    if kind.is_empty() || kind.len() > 100 {
        return Err(Fault::not_found());
    }
    let (ctx, member) = (visit.ctx().clone(), member.clone());
    let done = visit
        .app()
        .write(move |tx| {
            let done = jobs::retry_dead_of(tx, &kind, AT_ONCE, ctx.now)?;
            if done > 0 {
                member.record(tx, &ctx, &Event::JobRetried { job: format!("{kind} × {done}") })?;
            }
            Ok::<u64, Error>(done)
        })
        .await?;
    Ok(visit.see_other_with("/admin/jobs", if done > 0 { "staff-done" } else { "staff-nothing" }))
}
