//! `/admin/journal`: the published heads of the journal's tree, the keys that sign them, and how to check all of it.

use super::desk::{Desk, Place};
use super::gate::AtDesk;
use super::overview::number;
use crate::audit::heads::{self, Head};
use crate::error::Result;
use crate::staff;
use crate::staff::store::{self, Counted};
use crate::web::fault::Fault;
use crate::web::format;
use crate::web::page::{Kind, Page};
use crate::web::ui::{SummaryList, Table, Tag, Words};
use crate::web::visit::Visit;
use ::store::Tx;
use askama::Template;
use axum::response::Response;
use kernel::{Span, Time};

/// Heads on the page.
const HEADS: u32 = 48;

#[derive(Template)]
#[template(path = "staff/templates/journal.html")]
struct JournalPage {
    desk: Desk,
    page: Page,
    state: SummaryList,
    heads: Table,
    keys: Table,
}

/// The first signs of a hash: enough to compare by eye; the whole stands in the signed text.
fn short(hash: &[u8]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// How the journal stands: its newest head, and how the last verification ended.
pub struct JournalState {
    head: Option<Head>,
    verified: Option<(Counted, Time)>,
}

impl JournalState {
    /// Reads it: two rows by their keys.
    pub fn read(tx: &mut Tx<'_>) -> Result<JournalState> {
        Ok(JournalState { head: heads::latest(tx)?, verified: store::last(tx, staff::VERIFIED)? })
    }

    /// Adds its rows to a list.
    pub fn rows(&self, visit: &Visit, page: &Page, list: SummaryList) -> SummaryList {
        let list = list.row(visit.t("staff-head"), self.newest(visit, page));
        list.row(visit.t("staff-verified"), self.verification(visit, page))
    }

    fn newest(&self, visit: &Visit, page: &Page) -> Words {
        let Some(head) = &self.head else { return visit.t("staff-head-none").into() };
        let age = visit.now() - head.at;
        let said = page.tf(
            "staff-head-newest",
            &[
                ("age", format::wait(page.lang, age.whole_seconds_up()).into()),
                ("events", number(head.size.cast_signed()).into()),
            ],
        );
        // A head that is missing twice over is no delay any more.
        let late = age > Span::seconds(2 * i64::from(visit.app().config().journal.head_seconds));
        if late { Words::html(&Tag::new(Kind::Warning, said)) } else { said.into() }
    }

    fn verification(&self, visit: &Visit, page: &Page) -> Words {
        let Some((found, at)) = &self.verified else { return visit.t("staff-verified-not-yet").into() };
        let events = found.words.parse().map_or_else(|_| found.words.clone(), number);
        let args = [("time", page.date_time(*at).into()), ("events", events.into())];
        match found.value {
            0 => page.tf("staff-verified-good", &args).into(),
            _ => Words::html(&Tag::new(Kind::Danger, page.tf("staff-verified-broken", &args))),
        }
    }
}

/// The page.
pub async fn get(desk: AtDesk) -> std::result::Result<Response, Fault> {
    let read: Result<_> = desk
        .visit
        .app()
        .read(|tx| {
            let heads = (heads::newest(tx, HEADS)?, heads::next_due(tx)?);
            Ok((heads, heads::verifiers(tx)?, JournalState::read(tx)?))
        })
        .await;
    let ((found, due), verifiers, state) = read?;
    let visit = &desk.visit;
    let frame = Desk::new(&desk, Place::Journal);
    let page = frame.page.clone();
    let next = due.map_or_else(|| "—".to_owned(), |at| page.date_time(at));
    let mut table = Table::new(visit.t("staff-heads"))
        .none(visit.t("staff-no-heads"))
        .numbers(visit.t("staff-head-number"))
        .column(visit.t("staff-log-time"))
        .numbers(visit.t("staff-head-events"))
        .column(visit.t("staff-head-root"));
    for head in &found {
        table = table.row([
            head.number.to_string(),
            page.date_time(head.at),
            number(head.size.cast_signed()),
            short(&head.root),
        ]);
    }
    let mut keys = Table::new(visit.t("staff-head-keys"))
        .none(visit.t("staff-no-keys"))
        .column(visit.t("staff-head-key"))
        .column(visit.t("staff-head-public"));
    for (id, verifier) in verifiers {
        keys = keys.row([id, verifier.text()]);
    }
    let state = state.rows(visit, &page, SummaryList::new()).row(visit.t("staff-head-next"), next);
    Ok(visit.ok(&JournalPage { state, heads: table, keys, page, desk: frame }))
}
