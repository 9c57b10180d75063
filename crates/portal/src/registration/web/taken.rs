//! `/register/taken`: the confirmed contact belongs to an account. Shown only to who has proved to hold it.

use super::super::{Step, taken_claim};
use crate::accounts::ContactType;
use crate::codes::page::shown;
use crate::contacts::Claim;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::ui::{Button, LinkButton, Steps, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;

#[derive(Template)]
#[template(path = "registration/templates/taken.html")]
struct TakenPage {
    page: Page,
    steps: Steps,
    phone: bool,
    contact: String,
    sign_in: LinkButton,
    recover: LinkButton,
    claim: Option<Button>,
    /// Why the number cannot move, when it cannot.
    stays: Option<String>,
}

/// The ways on.
pub async fn get(visit: Visit, headers: HeaderMap) -> std::result::Result<Response, Fault> {
    let (_, draft) = match super::open(&visit, super::cookie(&headers, &visit)).await? {
        Ok(open) => open,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Step::Taken(kind) = draft.step() else { return Ok(visit.see_other(super::path(draft.step()))) };
    let (ctx, asked) = (visit.ctx().clone(), draft.clone());
    let phone = kind == ContactType::Phone;
    let claim = visit.app().read(move |tx| taken_claim(tx, &ctx, &asked)).await?;
    let contact = draft.contact(kind).map(|contact| shown(kind, &contact.value)).unwrap_or_default();
    let page = visit.page();
    let stays = match claim {
        Claim::Free | Claim::Moves => None,
        Claim::Reserved(until) => {
            Some(page.tf1("registration-taken-reserved", "time", page.date_time(until)))
        }
        Claim::Protected => Some(page.t("registration-taken-protected").to_owned()),
    };
    let may_claim = phone && matches!(claim, Claim::Free | Claim::Moves);
    let template = TakenPage {
        steps: super::steps(page.lang, 1),
        phone,
        contact,
        sign_in: LinkButton::new(visit.t("registration-taken-sign-in"), "/sign-in").weight(Weight::Accent),
        recover: LinkButton::new(visit.t("registration-taken-recover"), "/recover"),
        claim: may_claim.then(|| Button::new(visit.t("registration-taken-claim")).weight(Weight::Quiet)),
        stays: stays.filter(|_| phone),
        page,
    };
    Ok(visit.ok(&template))
}

/// «Номер теперь мой»: it moves to the new account when that is opened.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let token = super::cookie(&headers, &visit);
    let (id, draft) = match super::open(&visit, token.clone()).await? {
        Ok(open) => open,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
    visit.app().write(move |tx| super::super::claim(tx, &ctx, &config, &id, &draft)).await?;
    match super::open(&visit, token).await? {
        Ok((_, draft)) => Ok(visit.see_other(super::path(draft.step()))),
        Err(elsewhere) => Ok(elsewhere),
    }
}
