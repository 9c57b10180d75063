//! `/cabinet/security/contacts/one/{contact}`: one contact and what can be done with it.

use super::super::{Act, Judged, Refusal, change, facts, judge};
use super::LIST;
use super::list::whole;
use crate::accounts::{Contact, ContactKind};
use crate::codes::page::shown;
use crate::error::Result;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::{Kind, Page};
use crate::web::ui::{Button, LinkButton, Notice, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Id;

#[derive(Template)]
#[template(path = "contacts/templates/one.html")]
struct OnePage {
    page: Page,
    value: String,
    since: String,
    limits: Option<String>,
    refused: Option<Notice>,
    primary: bool,
    make_primary: Button,
    replace: LinkButton,
    /// Why it cannot go, when it cannot.
    stays: Option<String>,
    remove: Button,
    remove_words: String,
    action: String,
}

/// The contact, and what each act on it is judged to be.
async fn look(
    visit: &Visit,
    account: &crate::accounts::AccountId,
    id: &Id<ContactKind>,
) -> Result<Option<(Contact, Judged)>> {
    let (ctx, config, account, id) =
        (visit.ctx().clone(), visit.app().config_arc(), account.clone(), id.clone());
    visit
        .app()
        .read(move |tx| {
            let (facts, contacts) = facts(tx, &ctx, &config, &account, Some(&id))?;
            let one = contacts.into_iter().find(|contact| contact.id == id);
            Ok(one.map(|contact| (contact, judge(Act::Remove, &facts))))
        })
        .await
}

fn draw(visit: &Visit, contact: &Contact, may_go: Judged, refused: Option<Refusal>) -> Response {
    let page = visit.page();
    let value = whole(contact.kind, shown(contact.kind, &contact.value));
    let hours = visit.app().config().contacts.undo_hours;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = OnePage {
        since: page.tf1("contacts-since", "date", page.date(contact.confirmed_at)),
        limits: super::limits_words(&page, contact),
        refused: refused
            .map(|refusal| Notice::new(page.lang, Kind::Danger, super::refusal_words(&page, refusal)).live()),
        primary: contact.primary,
        make_primary: Button::new(page.t("contacts-make-primary"))
            .weight(Weight::Secondary)
            .value("act", "primary"),
        replace: LinkButton::new(page.t("contacts-replace"), super::replace_path(&contact.id))
            .weight(Weight::Secondary),
        stays: may_go.err().map(|refusal| super::refusal_words(&page, refusal)),
        remove: Button::new(page.t("contacts-remove")).weight(Weight::Danger).value("act", "remove"),
        remove_words: page.tf("contacts-remove-words", &[("hours", hours.into())]),
        action: super::path_of(&contact.id),
        value,
        page,
    };
    visit.html(status, &template)
}

/// The page.
pub async fn get(
    Fresh { visit, session }: Fresh,
    Path(contact): Path<String>,
) -> std::result::Result<Response, Fault> {
    let id = Id::parse(&contact).ok_or_else(Fault::not_found)?;
    let (contact, may_go) = look(&visit, &session.account, &id).await?.ok_or_else(Fault::not_found)?;
    Ok(draw(&visit, &contact, may_go, None))
}

/// Makes it primary, or takes it away. The same form again finds it done.
pub async fn post(
    Fresh { visit, session }: Fresh,
    Path(contact): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["act"])?;
    let id: Id<ContactKind> = Id::parse(&contact).ok_or_else(Fault::not_found)?;
    let (ctx, config, account, asked) =
        (visit.ctx().clone(), visit.app().config_arc(), session.account.clone(), id.clone());
    let (judged, done) = match fields.text("act") {
        "primary" => {
            let made = visit
                .app()
                .write(move |tx| change::make_primary(tx, &ctx, &config, &account, &asked))
                .await?;
            (made, "contact-primary")
        }
        "remove" => {
            let gone =
                visit.app().write(move |tx| change::remove(tx, &ctx, &config, &account, &asked)).await?;
            (gone, "contact-removed")
        }
        _ => return Err(Fault::bad_request("unknown act")),
    };
    visit.app().sessions().forget(&session.account);
    match judged {
        Ok(()) => Ok(visit.see_other_with(LIST, done)),
        Err(Refusal::Gone) => Ok(visit.see_other(LIST)),
        Err(refusal) => {
            let (contact, may_go) =
                look(&visit, &session.account, &id).await?.ok_or_else(Fault::not_found)?;
            // The reason stands where the button would be; no need to say it twice.
            let said = may_go.is_err() && done == "contact-removed";
            let refused = Some(refusal).filter(|_| !said);
            let mut response = draw(&visit, &contact, may_go, refused);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}
