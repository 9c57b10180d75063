//! `/cabinet/review`: what the person sees of the review: where it stands, which scan is asked for, why it was refused.

use super::super::{self as review, Case, State, Told};
use super::reason;
use crate::profile::Field;
use crate::profile::web::path;
use crate::review::told::flaw_key;
use crate::web::fault::Fault;
use crate::web::page::{Kind, Page};
use crate::web::stream;
use crate::web::ui::{LinkButton, Notice, TaskList, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use kernel::Span;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "review/templates/mine.html")]
struct MinePage {
    page: Page,
    notice: Notice,
    /// What should be better about the scan, or why it was refused.
    details: Vec<String>,
    /// What a member of staff wrote.
    words: String,
    mend: Option<TaskList>,
    ways: Vec<LinkButton>,
    live: Option<String>,
}

/// What the page was drawn with.
#[derive(Deserialize)]
pub struct Seen {
    #[serde(default)]
    mark: String,
}

/// The page.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let found = visit.app().read(move |tx| review::standing(tx, &ctx, &account)).await?;
    let page = visit.page();
    let template = match found {
        Some((case, told)) => drawn(&visit, page, &case, &told),
        None => MinePage {
            notice: Notice::new(page.lang, Kind::Info, page.t("review-mine-none")),
            details: Vec::new(),
            words: String::new(),
            mend: None,
            ways: vec![
                LinkButton::new(page.t("profile-title"), "/cabinet/profile").weight(Weight::Secondary),
            ],
            live: None,
            page,
        },
    };
    Ok(visit.ok(&template))
}

fn drawn(visit: &Visit, page: Page, case: &Case, told: &Told) -> MinePage {
    let (kind, words) = match case.state {
        State::Waiting => (Kind::Info, page.tf1("review-mine-waiting", "time", page.date(case.due_at))),
        State::Asked => (Kind::Warning, asked(visit, &page, case)),
        State::Confirmed => (Kind::Success, page.t("review-mine-confirmed").to_owned()),
        State::Refused | State::Gone => (Kind::Warning, page.t("review-mine-refused").to_owned()),
    };
    let upload = || LinkButton::new(page.t("review-mine-upload"), "/cabinet/documents");
    let profile = || LinkButton::new(page.t("profile-title"), "/cabinet/profile").weight(Weight::Secondary);
    let ways = match case.state {
        State::Asked => vec![upload()],
        State::Waiting => vec![upload().weight(Weight::Secondary), profile()],
        State::Confirmed | State::Refused | State::Gone => vec![profile()],
    };
    let mut details = Vec::new();
    if case.state == State::Asked
        && let Some(key) = flaw_key(&told.flaw)
    {
        details.push(page.t(key).to_owned());
    }
    details.extend(told.reason.map(|why| reason(&page, why).to_owned()));
    let fields: Vec<Field> = told.fields.iter().filter_map(|word| Field::from_word(word)).collect();
    let mend = fields.iter().fold(TaskList::new(), |list, field| {
        list.task(page.t(field.label()), "", Some(&path(field.section())), None)
    });
    MinePage {
        notice: Notice::new(page.lang, kind, words),
        details,
        words: told.words.clone(),
        mend: (!fields.is_empty()).then_some(mend),
        ways,
        live: case.ended_at.is_none().then(|| format!("/cabinet/review/live?mark={}", review::marked(case))),
        page,
    }
}

/// Which scan is asked for, and until when it is waited for.
fn asked(visit: &Visit, page: &Page, case: &Case) -> String {
    let days = Span::days(visit.app().config().review.answer_days);
    let until = case.asked_at.unwrap_or(case.opened_at) + days;
    let slot = case.slot.map_or("", |slot| page.t(slot.title()));
    page.tf("review-mine-asked", &[("what", slot.into()), ("until", page.date(until).into())])
}

/// The stream that tells when the case has changed.
pub async fn live(
    SignedIn { visit, .. }: SignedIn,
    headers: HeaderMap,
    Query(seen): Query<Seen>,
) -> std::result::Result<Response, Fault> {
    stream::answer(&visit, &headers, &seen.mark, review::mark).await
}
