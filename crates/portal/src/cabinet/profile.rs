//! `/cabinet/profile`: what the portal knows about the person. Filling in more comes with the register checks.

use crate::accounts;
use crate::error::{Error, Result};
use crate::web::fault::Fault;
use crate::web::page::Page;
use crate::web::ui::SummaryList;
use crate::web::visit::SignedIn;
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "cabinet/templates/profile.html")]
struct ProfilePage {
    page: Page,
    person: SummaryList,
    contacts: SummaryList,
}

/// The page.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let read: Result<_> = visit
        .app()
        .read(move |tx| {
            let account = accounts::load(tx, &ctx, &id)?
                .ok_or_else(|| Error::Bug("a session without an account".into()))?;
            Ok((account, accounts::display_contacts(tx, &ctx, &id)?))
        })
        .await;
    let (account, contacts) = read?;
    let page = visit.page();
    let person = account.person;
    let mut names = SummaryList::new()
        .row(visit.t("registration-surname"), person.surname)
        .row(visit.t("registration-first-name"), person.first_name);
    if let Some(patronymic) = person.patronymic {
        names = names.row(visit.t("registration-patronymic"), patronymic);
    }
    let mut list = SummaryList::new();
    for (contact, shown) in contacts {
        let kind = match contact.kind {
            accounts::ContactType::Phone => visit.t("registration-phone"),
            accounts::ContactType::Email => visit.t("registration-email"),
        };
        let confirmed = page.tf1("cabinet-contact-confirmed", "date", page.date(contact.confirmed_at));
        list = list.row(kind, format!("{shown} · {confirmed}"));
    }
    Ok(visit.ok(&ProfilePage { page, person: names, contacts: list }))
}
