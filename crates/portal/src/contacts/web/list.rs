//! `/cabinet/security/contacts`: the contacts, and what they can and cannot do at this moment.

use super::super::{Proof, change, held_until, waiting};
use super::{CODE, LIST, TAKEN};
use crate::accounts::{self, ContactType};
use crate::codes::page::shown;
use crate::web::fault::Fault;
use crate::web::fresh::is_fresh;
use crate::web::page::{Kind, Page};
use crate::web::ui::{Button, LinkButton, Notice, Weight};
use crate::web::visit::SignedIn;
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "contacts/templates/list.html")]
struct ListPage {
    page: Page,
    /// Says that contacts are masked, with the way to see them.
    masked: Option<Notice>,
    held: Option<Notice>,
    waiting: Option<Waiting>,
    rows: Vec<Row>,
    add_phone: Option<LinkButton>,
    add_email: Option<LinkButton>,
}

/// The contact that waits for its code.
struct Waiting {
    words: String,
    go_on: LinkButton,
    give_up: Button,
}

struct Row {
    value: String,
    kind: &'static str,
    since: String,
    primary: bool,
    limits: Option<String>,
    change: Option<LinkButton>,
}

/// The list; contacts are shown whole to who has given a factor just now.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let (contacts, hold, flow) = visit
        .app()
        .read(move |tx| {
            let contacts = accounts::contacts(tx, &ctx, &account)?;
            Ok((contacts, held_until(tx, &account, ctx.now)?, waiting(tx, &ctx, &account)?))
        })
        .await?;
    let page = visit.page();
    let lang = page.lang;
    let settings = visit.app().config();
    let fresh = is_fresh(session.auth_at, visit.now(), settings.sessions.fresh_seconds);
    let held = hold
        .map(|until| Notice::new(lang, Kind::Info, page.tf1("contacts-held", "time", page.date_time(until))));
    let show = |kind, value: &str| if fresh { shown(kind, value) } else { change::masked(kind, value) };
    let may_add = hold.is_none() && (contacts.len() as i64) < settings.contacts.most;
    let add = |key, path| may_add.then(|| LinkButton::new(page.t(key), path).weight(Weight::Secondary));
    let rows = contacts
        .iter()
        .map(|contact| Row {
            value: whole(contact.kind, show(contact.kind, &contact.value)),
            kind: kind_words(&page, contact.kind),
            since: page.tf1("contacts-since", "date", page.date(contact.confirmed_at)),
            primary: contact.primary,
            limits: super::limits_words(&page, contact),
            change: hold.is_none().then(|| {
                LinkButton::new(page.t("contacts-change"), super::path_of(&contact.id)).weight(Weight::Quiet)
            }),
        })
        .collect();
    let waiting = flow.map(|(_, draft)| {
        let next = if draft.proof == Proof::Taken { TAKEN } else { CODE };
        Waiting {
            words: page.tf1("contacts-waiting", "contact", whole(draft.kind, show(draft.kind, &draft.value))),
            go_on: LinkButton::new(page.t("contacts-waiting-go-on"), next),
            give_up: Button::new(page.t("contacts-waiting-give-up")).weight(Weight::Quiet),
        }
    });
    let masked = (!fresh).then(|| {
        Notice::new(lang, Kind::Info, page.t("contacts-masked"))
            .action(page.t("contacts-unmask"), format!("/confirm?back={LIST}"))
    });
    let (add_phone, add_email) = (
        add("contacts-add-phone", "/cabinet/security/contacts/add-phone"),
        add("contacts-add-email", "/cabinet/security/contacts/add-email"),
    );
    Ok(visit.ok(&ListPage { masked, held, waiting, rows, add_phone, add_email, page }))
}

/// «телефон» or «почта».
fn kind_words(page: &Page, kind: ContactType) -> &'static str {
    match kind {
        ContactType::Phone => page.t("contacts-kind-phone"),
        ContactType::Email => page.t("contacts-kind-email"),
    }
}

/// A number is not broken over two lines.
pub(super) fn whole(kind: ContactType, shown: String) -> String {
    match kind {
        ContactType::Phone => shown.replace(' ', "\u{a0}").replace('-', "\u{2011}"),
        ContactType::Email => shown,
    }
}
