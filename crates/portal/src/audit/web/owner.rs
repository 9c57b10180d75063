//! `/cabinet/security/journal`: everything that happened to the account, for its owner; as a file, and with proofs.

use super::csv;
use super::query::{Asked, Look};
use crate::audit::proof::{self, Asked as Proof};
use crate::audit::read::{Entry, entries};
use crate::audit::{self, Chain, Event, heads, words};
use crate::error::Result;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::format;
use crate::web::page::{Kind, Page};
use crate::web::texts;
use crate::web::ui::{Button, DateField, EmptyState, LinkButton, Select, Tag, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Time;

#[derive(Template)]
#[template(path = "audit/templates/journal.html")]
struct JournalPage {
    page: Page,
    kind: Select,
    from: DateField,
    until: DateField,
    show: Button,
    days: Vec<Day>,
    empty: Option<EmptyState>,
    older: Option<LinkButton>,
    newest: Option<LinkButton>,
    save: Button,
    asked: Asked,
    head_due: String,
}

struct Day {
    label: String,
    events: Vec<Shown>,
}

struct Shown {
    id: String,
    time: String,
    machine: String,
    title: &'static str,
    outcome: Tag,
    details: String,
    place: String,
    who: String,
    note: String,
    /// The button that gives the proof; none when no head covers the event yet.
    proof: Option<Button>,
}

/// The page.
pub async fn get(
    SignedIn { visit, session }: SignedIn,
    Query(asked): Query<Asked>,
) -> std::result::Result<Response, Fault> {
    let look = Look::read(&visit, &asked);
    let rows = visit.app().config().journal.page_rows.max(1);
    let (ctx, account) = (visit.ctx().clone(), session.account.to_string());
    let (filter, before) = (look.filter, look.before);
    let read: Result<_> = visit
        .app()
        .read(move |tx| {
            let found = entries(tx, &ctx, &account, filter, before, rows + 1)?;
            Ok((found, heads::latest(tx)?.map_or(0, |head| head.size), heads::next_due(tx)?))
        })
        .await;
    let (mut found, covered, due) = read?;
    let more = found.len() > rows as usize;
    found.truncate(rows as usize);
    let status = if look.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(visit.html(status, &draw(&visit, asked, &look, Found { found, more, covered, due })))
}

struct Found {
    found: Vec<Entry>,
    more: bool,
    covered: u64,
    due: Option<Time>,
}

fn draw(visit: &Visit, asked: Asked, look: &Look, read: Found) -> JournalPage {
    let page = visit.page();
    let lang = page.lang;
    let t = |key| texts::text(lang, key);
    let kinds = words::Group::ALL
        .iter()
        .fold(Select::new(lang, "kind").option("all", t("audit-group-all")), |select, group| {
            select.option(group.word(), t(group.text_key()))
        });
    let field = |name: &'static str, label, value: &str, error: &Option<String>| {
        DateField::new(lang, name)
            .label(label)
            .hint(t("audit-filter-hint"))
            .value(value)
            .error(error.as_deref())
    };
    let last = read.found.last().map(|entry| entry.number);
    let link =
        |label, before: Option<i64>| LinkButton::new(label, asked.address(before)).weight(Weight::Secondary);
    let due = read.due.filter(|at| *at > page.now);
    let empty = EmptyState::new("search", t("audit-empty-title"), t("audit-empty-text"));
    JournalPage {
        kind: kinds
            .label(t("audit-filter-kind"))
            .selected(Some(look.filter.group.map_or("all", |g| g.word()))),
        from: field("from", t("audit-filter-from"), &asked.from, &look.from_error),
        until: field("until", t("audit-filter-until"), &asked.until, &look.until_error),
        show: Button::new(t("audit-filter-show")).weight(Weight::Secondary),
        empty: read.found.is_empty().then_some(empty),
        older: last.filter(|_| read.more).map(|last| link(t("audit-older"), Some(last))),
        newest: (look.before != i64::MAX).then(|| link(t("audit-newest"), None)),
        save: Button::new(t("audit-csv")).weight(Weight::Secondary),
        days: days(visit, &page, read.found, read.covered),
        head_due: match due {
            Some(at) => page.tf1("audit-proof-at", "time", page.date_time(at)),
            None => t("audit-proof-soon").to_owned(),
        },
        asked,
        page,
    }
}

fn days(visit: &Visit, page: &Page, found: Vec<Entry>, covered: u64) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for entry in found {
        let label = page.date(entry.at);
        let shown = shown(visit, page, entry, covered);
        match days.last_mut().filter(|day| day.label == label) {
            Some(day) => day.events.push(shown),
            None => days.push(Day { label, events: vec![shown] }),
        }
    }
    days
}

fn shown(visit: &Visit, page: &Page, entry: Entry, covered: u64) -> Shown {
    let lang = page.lang;
    let (kind, outcome) = words::outcome(lang, &entry.word);
    let place = [entry.private.agent.as_str(), entry.private.address.as_str()];
    Shown {
        time: format::time(entry.at, &page.zone),
        machine: page.machine_time(entry.at),
        title: words::title(lang, &entry.word),
        outcome: if kind == Kind::Success { Tag::plain(outcome) } else { Tag::new(kind, outcome) },
        details: entry
            .event
            .as_ref()
            .map(|event| words::details(lang, &page.zone, event))
            .unwrap_or_default(),
        place: place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        who: who(page, &entry),
        note: entry.private.note.clone(),
        proof: entry
            .leaf
            .filter(|leaf| *leaf < covered)
            .map(|_| Button::new(visit.t("audit-proof")).weight(Weight::Quiet)),
        id: entry.id,
    }
}

/// Who acted, in words; nothing when it was the owner.
fn who(page: &Page, entry: &Entry) -> String {
    match entry.actor.as_str() {
        "owner" => String::new(),
        "visitor" => page.t("audit-who-visitor").to_owned(),
        "other" => page.t("audit-who-other").to_owned(),
        actor if actor.starts_with("staff:") => {
            let name = &entry.private.staff;
            if name.is_empty() { page.t("audit-who-staff").to_owned() } else { name.clone() }
        }
        _ => page.t("audit-who-system").to_owned(),
    }
}

/// The same events as a file for tables.
pub async fn save_csv(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["kind", "from", "until"])?;
    let text = |name| fields.text(name).to_owned();
    let asked = Asked { kind: text("kind"), from: text("from"), until: text("until"), before: String::new() };
    let look = Look::read(&visit, &asked);
    if !look.is_good() {
        return Ok(visit.see_other(&asked.address(None)));
    }
    let most = visit.app().config().journal.csv_rows.max(1);
    let (ctx, id, filter) = (visit.ctx().clone(), session.account.clone(), look.filter);
    let read: Result<Vec<Entry>> = visit
        .app()
        .write(move |tx| {
            let found = entries(tx, &ctx, id.as_str(), filter, i64::MAX, most)?;
            let event = Event::JournalExported { form: "csv".into() };
            audit::record(tx, &ctx, Chain::Account(id.as_str()), &event)?;
            Ok(found)
        })
        .await;
    let body = table(&visit, &read?);
    Ok(file(body, "text/csv; charset=utf-8", "journal.csv"))
}

fn table(visit: &Visit, found: &[Entry]) -> String {
    let page = visit.page();
    let heads = [
        page.t("audit-csv-number"),
        page.t("audit-csv-time"),
        page.t("audit-csv-event"),
        page.t("audit-csv-details"),
        page.t("audit-csv-result"),
        page.t("audit-csv-address"),
        page.t("audit-csv-device"),
        page.t("audit-csv-who"),
        page.t("audit-csv-reason"),
        page.t("audit-csv-id"),
    ];
    let rows: Vec<[String; 10]> = found
        .iter()
        .map(|entry| {
            let details = entry.event.as_ref().map(|event| words::details(page.lang, &page.zone, event));
            let who = who(&page, entry);
            [
                entry.number.to_string(),
                page.machine_time(entry.at),
                words::title(page.lang, &entry.word).to_owned(),
                details.unwrap_or_default(),
                words::outcome(page.lang, &entry.word).1.to_owned(),
                entry.private.address.clone(),
                entry.private.agent.clone(),
                if who.is_empty() { page.t("audit-who-owner").to_owned() } else { who },
                entry.private.note.clone(),
                entry.id.clone(),
            ]
        })
        .collect();
    let rows = rows.iter().map(|row| row.iter().map(String::as_str).collect());
    csv::write(std::iter::once(heads.to_vec()).chain(rows))
}

/// The proof of one event as a file.
pub async fn save_proof(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["event"])?;
    let event = audit::EventId::parse(fields.text("event")).ok_or_else(Fault::not_found)?;
    let (ctx, id, wanted) = (visit.ctx().clone(), session.account.clone(), event.clone());
    let found: Result<Proof> = visit
        .app()
        .write(move |tx| {
            let found = proof::of(tx, id.as_str(), wanted.as_str())?;
            if matches!(found, Proof::Here(_)) {
                let taken = Event::JournalExported { form: "proof".into() };
                audit::record(tx, &ctx, Chain::Account(id.as_str()), &taken)?;
            }
            Ok(found)
        })
        .await;
    match found? {
        Proof::NoEvent => Err(Fault::not_found()),
        Proof::NotYet => Ok(visit.see_other_with("/cabinet/security/journal", "journal-not-yet")),
        Proof::Here(proof) => {
            let body = serde_json::to_string_pretty(&proof).map_err(crate::error::Error::from)?;
            Ok(file(body + "\n", "application/json", &format!("journal-proof-{}.json", event.as_str())))
        }
    }
}

fn file(body: String, kind: &'static str, name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response()
}
