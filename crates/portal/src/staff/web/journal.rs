//! `/admin/journal`: the published heads of the journal's tree, the keys that sign them, and how to check all of it.

use super::desk::{Desk, Place};
use super::gate::AtDesk;
use super::overview::number;
use crate::audit::heads;
use crate::error::Result;
use crate::web::fault::Fault;
use crate::web::format;
use crate::web::page::Page;
use crate::web::ui::{SummaryList, Table};
use askama::Template;
use axum::response::Response;

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

/// The page.
pub async fn get(desk: AtDesk) -> std::result::Result<Response, Fault> {
    let read: Result<_> = desk
        .visit
        .app()
        .read(|tx| Ok((heads::newest(tx, HEADS)?, heads::next_due(tx)?, heads::verifiers(tx)?)))
        .await;
    let (found, due, verifiers) = read?;
    let visit = &desk.visit;
    let frame = Desk::new(&desk, Place::Journal);
    let page = frame.page.clone();
    let newest = match found.first() {
        Some(head) => {
            let age = format::wait(page.lang, (visit.now() - head.at).whole_seconds_up());
            page.tf(
                "staff-head-newest",
                &[("age", age.into()), ("events", number(head.size.cast_signed()).into())],
            )
        }
        None => visit.t("staff-head-none").to_owned(),
    };
    let next = due.map_or_else(|| "—".to_owned(), |at| page.date_time(at));
    let mut table = Table::new(visit.t("staff-heads"))
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
        .column(visit.t("staff-head-key"))
        .column(visit.t("staff-head-public"));
    for (id, verifier) in verifiers {
        keys = keys.row([id, verifier.text()]);
    }
    let state = SummaryList::new().row(visit.t("staff-head"), newest).row(visit.t("staff-head-next"), next);
    Ok(visit.ok(&JournalPage { state, heads: table, keys, page, desk: frame }))
}
