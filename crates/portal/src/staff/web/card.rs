//! `/admin/people/{card}`: one person, masked, for the reason that was given; and what may be done.

use super::desk::{Desk, Place};
use super::gate::AtDesk;
use super::words;
use crate::accounts::{self, Contact, ContactType};
use crate::error::Result;
use crate::factors::{self, Kinds};
use crate::notifications::feed::{self, Sent};
use crate::sessions::{self, Listed, SessionId};
use crate::signin;
use crate::staff::people::{self, Act, Acted};
use crate::staff::store::{self, Card, Head, Written};
use crate::staff::{CardId, Right};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::is_fresh;
use crate::web::page::{Kind, Page, level_name};
use crate::web::ui::{Checkbox, ErrorSummary, Errors, SummaryList, Table, Tag, Words};
use crate::web::visit::Visit;
use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Time, email::Email, phone::Phone};
use std::pin::Pin;

/// Events on a card.
const EVENTS: i64 = 15;
/// Messages on a card.
const MESSAGES: i64 = 15;

#[derive(Template)]
#[template(path = "staff/templates/card.html")]
struct CardPage {
    desk: Desk,
    page: Page,
    id: String,
    name: String,
    status: Tag,
    locked: bool,
    open: bool,
    helpable: bool,
    throttled: bool,
    revealed: bool,
    reason: String,
    until: String,
    facts: SummaryList,
    contacts: SummaryList,
    sessions: Vec<SessionRow>,
    messages: Table,
    events: Table,
    /// A temporary access code, on the one page that ever shows it.
    code: Option<String>,
    code_hours: String,
    identified: Checkbox,
    summary: Option<ErrorSummary>,
}

/// An account's number, set so that it can be compared by eye.
#[derive(Template)]
#[template(source = "<code class=\"desk-id\">{{ self.0 }}</code>", ext = "html")]
struct Number(String);
impl HtmlSafe for Number {}

struct SessionRow {
    id: String,
    agent: String,
    country: String,
    since: String,
    seen: String,
}

/// Everything on a card.
struct Found {
    card: Card,
    head: Head,
    contacts: Vec<Contact>,
    sessions: Vec<Listed>,
    lock: (Option<Time>, i64),
    factors: Kinds,
    messages: Vec<(String, Sent)>,
    events: Vec<Written>,
}

async fn load(desk: &AtDesk, id: &CardId) -> Result<Option<Found>> {
    let AtDesk { visit, member } = desk;
    let (ctx, config, member, id) =
        (visit.ctx().clone(), visit.app().config_arc(), member.clone(), id.clone());
    visit
        .app()
        .read(move |tx| {
            let Some(card) = store::card(tx, &ctx, &member, &id)? else { return Ok(None) };
            let Some(head) = store::account_head(tx, &ctx, &card.account)? else { return Ok(None) };
            let account = card.account.clone();
            Ok(Some(Found {
                contacts: accounts::contacts(tx, &ctx, &account)?,
                sessions: sessions::list(tx, &ctx, &config.sessions, &account)?,
                lock: signin::lock_of(tx, &ctx, &config.sign_in, &account)?,
                factors: factors::bound(tx, &account)?,
                messages: feed::messages(tx, &account, MESSAGES)?,
                events: store::recent_events(tx, &account, EVENTS)?,
                card,
                head,
            }))
        })
        .await
}

/// A contact as staff see it: masked, or in full after a click that the person can see.
fn shown(contact: &Contact, full: bool) -> String {
    match contact.kind {
        ContactType::Phone => Phone::parse(&contact.value)
            .map(|phone| if full { phone.display().to_string() } else { phone.masked() }),
        ContactType::Email => Email::parse(&contact.value)
            .map(|email| if full { email.display().to_string() } else { email.masked() }),
    }
    .unwrap_or_else(|_| "***".to_owned())
}

/// What this showing of a card has that the next one will not have.
#[derive(Default)]
struct Now {
    /// The contacts in full.
    full: bool,
    /// A new temporary access code.
    code: Option<String>,
    /// What was wrong with the form.
    errors: Errors,
}

fn draw(desk: &AtDesk, found: Found, now: Now) -> Response {
    let Now { full, code, errors } = now;
    let visit = &desk.visit;
    let frame = Desk::new(desk, Place::People);
    let page = frame.page.clone();
    let Found { card, head, contacts, sessions, lock, factors, messages, events } = found;
    let person = &head.person;
    let initial = person.surname.chars().next().unwrap_or('—');
    let name = if full {
        format!("{} {}", person.surname, person.address_name())
    } else {
        format!("{} {initial}.", person.first_name)
    };
    let status = match head.status.as_str() {
        "open" => Tag::new(Kind::Success, visit.t("staff-account-open")),
        "locked" => Tag::new(Kind::Danger, visit.t("staff-account-locked")),
        "lockdown" => Tag::new(Kind::Warning, visit.t("staff-account-lockdown")),
        "closing" => Tag::new(Kind::Warning, visit.t("staff-account-closing")),
        other => Tag::plain(other.to_owned()),
    };
    let mut list = SummaryList::new();
    for contact in &contacts {
        let kind = match contact.kind {
            ContactType::Phone => visit.t("registration-phone"),
            ContactType::Email => visit.t("registration-email"),
        };
        list = list.row(kind, shown(contact, full));
    }
    let template = CardPage {
        id: card.id.to_string(),
        name,
        status,
        locked: head.status == "locked",
        open: head.status == "open",
        helpable: matches!(head.status.as_str(), "open" | "lockdown"),
        throttled: lock.0.is_some() || lock.1 > 0,
        revealed: full,
        reason: format!("{}: {}", visit.t(card.why.text_key()), card.reason),
        until: page.tf1("staff-card-until", "time", crate::web::format::time(card.expires_at, &page.zone)),
        facts: facts(visit, &page, &head, lock).row(visit.t("staff-card-factors"), kinds(visit, factors)),
        contacts: list,
        sessions: sessions.into_iter().map(|row| session_row(visit, &page, row)).collect(),
        messages: words::messages(visit, &page, &messages),
        events: event_table(visit, &page, &events),
        code,
        identified: Checkbox::new(page.lang, "identified")
            .label(visit.t("staff-card-identified"))
            .error(errors.get("identified")),
        summary: errors.summary(page.lang),
        code_hours: page.tf1(
            "staff-card-code-hours",
            "hours",
            visit.app().config().recovery.access_code_hours,
        ),
        desk: frame,
        page,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.html(status, &template)
}

fn facts(visit: &Visit, page: &Page, head: &Head, lock: (Option<Time>, i64)) -> SummaryList {
    let password = head
        .password_set_at
        .map_or_else(|| visit.t("staff-card-no-password").to_owned(), |at| page.date_time(at));
    let throttle = match lock {
        (Some(until), _) => page.tf1("staff-card-locked-until", "time", page.date_time(until)),
        (None, failures) => page.tf1("staff-card-failures", "n", failures),
    };
    SummaryList::new()
        .row(visit.t("staff-card-account"), Words::html(&Number(head.id.to_string())))
        .row(visit.t("staff-card-level"), level_name(page.lang, head.level))
        .row(visit.t("staff-card-opened"), page.date(head.created_at))
        .row(visit.t("staff-card-password"), password)
        .row(visit.t("staff-card-throttle"), throttle)
}

/// The kinds of factors, best first, in words: that they exist, never more.
fn kinds(visit: &Visit, bound: Kinds) -> String {
    let names: Vec<&str> = factors::Kind::ALL
        .into_iter()
        .filter(|kind| bound.has(*kind))
        .map(|kind| visit.t(kind.name_key()))
        .collect();
    if names.is_empty() { visit.t("staff-card-no-factors").to_owned() } else { names.join(", ") }
}

fn session_row(visit: &Visit, page: &Page, row: Listed) -> SessionRow {
    let country = row.device.address.parse().ok().and_then(|address| visit.ctx().place.geo.country(address));
    SessionRow {
        agent: if row.device.agent.is_empty() {
            visit.t("sessions-unknown-device").to_owned()
        } else {
            row.device.agent
        },
        country: country.map_or_else(|| "—".to_owned(), |country| country.code().to_owned()),
        since: page.date_time(row.created_at),
        seen: page.date_time(row.seen_at),
        id: row.id.to_string(),
    }
}

fn event_table(visit: &Visit, page: &Page, events: &[Written]) -> Table {
    let table = Table::new(visit.t("staff-card-events"))
        .column(visit.t("staff-log-time"))
        .column(visit.t("staff-what"))
        .column(visit.t("staff-log-who"));
    events.iter().fold(table, |table, written| {
        table.row([
            page.date_time(written.at),
            words::event(visit, &written.event).to_owned(),
            words::actor(visit, &written.actor).to_owned(),
        ])
    })
}

fn parse(id: &str) -> std::result::Result<CardId, Fault> {
    CardId::parse(id).ok_or_else(Fault::not_found)
}

/// The card. Its opening was written down; looking again while it is open is the same look.
pub async fn get(desk: AtDesk, Path(id): Path<String>) -> std::result::Result<Response, Fault> {
    let found = load(&desk, &parse(&id)?).await?.ok_or_else(Fault::not_found)?;
    Ok(draw(&desk, found, Now::default()))
}

/// Shows contacts and names in full, once; the person sees that.
pub async fn reveal(
    desk: AtDesk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let id = parse(&id)?;
    let found = load(&desk, &id).await?.ok_or_else(Fault::not_found)?;
    perform(&desk, &id, Act::Reveal).await?;
    Ok(draw(&desk, found, Now { full: true, ..Now::default() }))
}

/// Acts; `Err` is the page for a refusal.
async fn perform(desk: &AtDesk, id: &CardId, act: Act) -> std::result::Result<bool, Fault> {
    let AtDesk { visit, member } = desk;
    let (ctx, member, card) = (visit.ctx().clone(), member.clone(), id.clone());
    let acted = visit.app().write(move |tx| people::act(tx, &ctx, &member, &card, &act)).await?;
    match acted {
        Acted::Done(account) => {
            visit.app().sessions().forget(&account);
            Ok(true)
        }
        Acted::Nothing(_) => Ok(false),
        Acted::NoCard => Err(Fault::not_found()),
        Acted::NotAllowed => Err(Fault::no_right()),
    }
}

/// Locking and giving a way in are grave enough to ask for a factor again: where to, when the last one is too old.
fn ask_again(desk: &AtDesk, id: &CardId) -> std::result::Result<Option<Response>, Fault> {
    let visit = &desk.visit;
    let auth_at = visit.session().map(|session| session.auth_at).ok_or_else(Fault::not_found)?;
    let fresh = is_fresh(auth_at, visit.now(), visit.app().config().sessions.fresh_seconds);
    Ok((!fresh).then(|| visit.see_other(&format!("/confirm?back=/admin/people/{id}"))))
}

async fn do_and_return(desk: &AtDesk, id: &str, act: Act) -> std::result::Result<Response, Fault> {
    let id = parse(id)?;
    let visit = &desk.visit;
    if matches!(act, Act::Lock | Act::Unlock)
        && let Some(elsewhere) = ask_again(desk, &id)?
    {
        return Ok(elsewhere);
    }
    let done = perform(desk, &id, act).await?;
    let flash = if done { "staff-done" } else { "staff-nothing" };
    Ok(visit.see_other_with(&format!("/admin/people/{id}"), flash))
}

/// An answer on its way.
type Answering = Pin<Box<dyn Future<Output = std::result::Result<Response, Fault>> + Send>>;

/// The handler of an act that takes nothing but the card.
pub fn plain(act: Act) -> impl Fn(AtDesk, Path<String>, Form) -> Answering + Clone + Send + Sync + 'static {
    move |desk, Path(id), Form(fields)| {
        let act = act.clone();
        Box::pin(async move {
            fields.only(&[])?;
            do_and_return(&desk, &id, act).await
        })
    }
}

/// Ends one session.
pub async fn end_session(
    desk: AtDesk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["session"])?;
    let session = SessionId::parse(fields.text("session")).ok_or_else(Fault::not_found)?;
    do_and_return(&desk, &id, Act::EndSession(session)).await
}

/// Gives a temporary access code and shows it, once; asking again gives another and ends this one.
pub async fn issue_code(
    desk: AtDesk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["identified"])?;
    let id = parse(&id)?;
    if let Some(elsewhere) = ask_again(&desk, &id)? {
        return Ok(elsewhere);
    }
    let AtDesk { visit, member } = &desk;
    if !fields.ticked("identified") {
        let mut errors = Errors::new();
        errors.add("identified", visit.t("staff-card-identified-missing"));
        let found = load(&desk, &id).await?.ok_or_else(Fault::not_found)?;
        return Ok(draw(&desk, found, Now { errors, ..Now::default() }));
    }
    let (ctx, config, who, card) =
        (visit.ctx().clone(), visit.app().config_arc(), member.clone(), id.clone());
    let issued = visit.app().write(move |tx| people::issue_code(tx, &ctx, &config, &who, &card)).await?;
    match issued {
        Ok(code) => {
            let found = load(&desk, &id).await?.ok_or_else(Fault::not_found)?;
            Ok(draw(&desk, found, Now { code: Some(code.expose().clone()), ..Now::default() }))
        }
        Err(Acted::NoCard) => Err(Fault::not_found()),
        Err(Acted::NotAllowed) => Err(Fault::no_right()),
        Err(_) => Ok(visit.see_other_with(&format!("/admin/people/{id}"), "staff-nothing")),
    }
}

/// Closes the card before its time.
pub async fn close(
    desk: AtDesk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let id = parse(&id)?;
    let AtDesk { visit, member } = &desk;
    let (now, member) = (visit.now(), member.clone());
    let closed: Result<()> = visit.app().write(move |tx| store::close_card(tx, &member, &id, now)).await;
    closed?;
    Ok(visit.see_other("/admin/people"))
}
