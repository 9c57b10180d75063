//! `/cabinet/security/contacts/taken`: the proved contact belongs to another account. Shown only after the proof.

use super::super::{Claim, Confirmed, Proof, Refusal, claim, claim_of, waiting};
use super::list::whole;
use super::{CODE, LIST};
use crate::accounts::{ContactType, Login};
use crate::codes::page::shown;
use crate::error::Result;
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::Page;
use crate::web::ui::{Button, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "contacts/templates/taken.html")]
struct TakenPage {
    page: Page,
    phone: bool,
    contact: String,
    claim: Option<Button>,
    /// Why the number cannot come, when it cannot.
    stays: Option<String>,
    give_up: Button,
}

async fn draw(visit: &Visit, session: &Session, refused: Option<Refusal>) -> Result<Response> {
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let found = visit
        .app()
        .read(move |tx| {
            let Some((_, draft)) = waiting(tx, &ctx, &account)? else { return Ok(None) };
            let claim = match Login::of_contact(draft.kind, &draft.value) {
                Some(login) => claim_of(tx, &ctx, &login, Some(&account))?,
                None => Claim::Free,
            };
            Ok(Some((draft, claim)))
        })
        .await?;
    let Some((draft, claim)) = found else { return Ok(visit.see_other(LIST)) };
    if draft.proof != Proof::Taken {
        return Ok(visit.see_other(CODE));
    }
    let page = visit.page();
    let phone = draft.kind == ContactType::Phone;
    let why = match claim {
        _ if !phone => None,
        Claim::Reserved(until) => Some(Refusal::Reserved(until)),
        Claim::Protected => Some(Refusal::Protected),
        Claim::Free | Claim::Moves => refused,
    };
    let claim =
        (phone && why.is_none()).then(|| Button::new(page.t("contacts-taken-claim")).weight(Weight::Primary));
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = TakenPage {
        phone,
        contact: whole(draft.kind, shown(draft.kind, &draft.value)),
        claim,
        stays: why.map(|why| super::refusal_words(&page, why)),
        give_up: Button::new(page.t("contacts-waiting-give-up")).weight(Weight::Secondary),
        page,
    };
    Ok(visit.html(status, &template))
}

/// The ways on.
pub async fn get(Fresh { visit, session }: Fresh) -> std::result::Result<Response, Fault> {
    Ok(draw(&visit, &session, None).await?)
}

/// «Номер теперь мой»: it leaves the other account, whose owner is told.
pub async fn post(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let confirmed = visit.app().write(move |tx| claim(tx, &ctx, &config, &account)).await?;
    visit.app().sessions().forget(&session.account);
    match confirmed {
        Confirmed::Refused(refusal) => Ok(draw(&visit, &session, Some(refusal)).await?),
        done => Ok(super::after(&visit, &done).unwrap_or_else(|| visit.see_other(LIST))),
    }
}
