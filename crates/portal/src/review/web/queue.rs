//! `/review`: what waits, the most urgent first. No name stands here: a person is seen by whoever takes the case.

use super::super::{self as review, Case, CaseId, Refused, Taken, Wish, store};
use super::{QUEUE, doubt, due, number, path};
use crate::staff::web::desk::{Desk, Place};
use crate::staff::web::gate::AtDesk;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::format;
use crate::web::page::{Kind, Page};
use crate::web::texts;
use crate::web::ui::{Button, Notice, Tag};
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Time;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "review/templates/queue.html")]
struct QueuePage {
    desk: Desk,
    page: Page,
    notice: Option<Notice>,
    counts: String,
    next: Button,
    held: Vec<Row>,
    waiting: Vec<Row>,
    more: Option<String>,
}

/// A case in a list.
struct Row {
    id: String,
    number: String,
    doubt: &'static str,
    since: String,
    due: Tag,
    eyes: String,
    /// Somebody else works on it.
    busy: bool,
    /// It is the member's own account, or they have looked before.
    closed: bool,
}

/// The place in the queue to go on from.
#[derive(Deserialize)]
pub struct After {
    #[serde(default)]
    after: String,
}

impl After {
    fn place(&self) -> Option<(Time, CaseId)> {
        let (due, id) = self.after.split_once('.')?;
        Some((Time(due.parse().ok()?), CaseId::parse(id)?))
    }
}

async fn draw(
    desk: &AtDesk,
    after: Option<(Time, CaseId)>,
    refused: Option<Refused>,
) -> std::result::Result<Response, Fault> {
    let AtDesk { visit, member } = desk;
    let (me, now) = (member.clone(), visit.now());
    let read = visit.app().read(move |tx| {
        let held = store::held(tx, &me.id, now)?;
        let mut waiting = Vec::new();
        for case in store::queue(tx, after.as_ref())? {
            let looked = store::opinions(tx, &case.id)?;
            let closed = case.account == me.account || looked.iter().any(|(staff, _)| *staff == me.id);
            waiting.push((case, looked.len(), closed));
        }
        Ok((held, waiting, store::counts(tx, now)?))
    });
    let (held, waiting, (count, late, asked)) = read.await?;
    let frame = Desk::new(desk, Place::Review);
    let page = frame.page.clone();
    let more = (waiting.len() as i64 == store::PAGE).then(|| waiting.last()).flatten();
    let more = more.map(|(case, ..)| format!("{QUEUE}?after={}.{}", case.due_at.0, case.id));
    let row = |case: &Case, looked: usize, closed: bool| Row {
        id: case.id.to_string(),
        number: number(&case.id),
        doubt: doubt(&page, case.doubt),
        since: page.date_time(case.opened_at),
        due: due(&page, visit.app().config(), case, now),
        eyes: format!("{looked} / {}", case.needed),
        busy: case.is_held(now),
        closed,
    };
    let template = QueuePage {
        notice: refused.map(|refused| refusal(&page, visit.now(), refused)),
        counts: page.tf(
            "review-counts",
            &[("waiting", count.into()), ("late", late.into()), ("asked", asked.into())],
        ),
        next: Button::new(page.t("review-next")),
        held: held.iter().map(|case| row(case, 0, false)).collect(),
        waiting: waiting
            .iter()
            .filter(|(case, ..)| !held.iter().any(|own| own.id == case.id))
            .map(|(case, looked, closed)| row(case, *looked, *closed))
            .collect(),
        more,
        desk: frame,
        page,
    };
    let status = if refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok(visit.html(status, &template))
}

fn refusal(page: &Page, now: Time, refused: Refused) -> Notice {
    let words = match refused {
        Refused::Own => page.t("review-refused-own").to_owned(),
        Refused::Held => page.t("review-refused-held").to_owned(),
        Refused::Looked => page.t("review-refused-looked").to_owned(),
        Refused::TooMany => page.t("review-refused-many").to_owned(),
        Refused::Gone => page.t("review-refused-gone").to_owned(),
        Refused::NotAllowed => page.t("review-refused-not-allowed").to_owned(),
        Refused::Wait(until) => {
            let wait = format::wait(page.lang, (until - now).whole_seconds_up());
            texts::format(page.lang, "review-refused-wait", &[("wait", wait.into())])
        }
    };
    Notice::new(page.lang, Kind::Warning, words).live()
}

/// The queue.
pub async fn get(desk: AtDesk, Query(after): Query<After>) -> std::result::Result<Response, Fault> {
    draw(&desk, after.place(), None).await
}

/// Takes the most urgent case.
pub async fn next(desk: AtDesk, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    wished(&desk, Wish::Next).await
}

/// Takes this case.
pub async fn take(
    desk: AtDesk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let id = CaseId::parse(&id).ok_or_else(Fault::not_found)?;
    wished(&desk, Wish::This(id)).await
}

async fn wished(desk: &AtDesk, wish: Wish) -> std::result::Result<Response, Fault> {
    let AtDesk { visit, member } = desk;
    let (ctx, config, member) = (visit.ctx().clone(), visit.app().config_arc(), member.clone());
    match visit.app().write(move |tx| review::take(tx, &ctx, &config, &member, &wish)).await? {
        Taken::Case(id) => Ok(visit.see_other(&path(&id))),
        Taken::None => Ok(visit.see_other_with(QUEUE, "review-none")),
        Taken::Refused(refused) => draw(desk, None, Some(refused)).await,
    }
}
