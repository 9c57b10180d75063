//! A new contact, beside the others or instead of one: what it is. The code is asked for on the next page.

use super::super::{Act, Begun, New, Refusal, begin, facts, judge};
use super::list::whole;
use super::{CODE, LIST};
use crate::accounts::{AccountId, Contact, ContactKind, ContactType};
use crate::codes::Sending;
use crate::codes::page::{sending_words, shown};
use crate::error::Result;
use crate::web::fault::Fault;
use crate::web::fields::{self, FieldError};
use crate::web::form::{Fields, Form};
use crate::web::fresh::Fresh;
use crate::web::page::Page;
use crate::web::ui::{Button, Challenge, ErrorSummary, Errors, TextField, Weight};
use crate::web::visit::Visit;
use crate::{challenge, web::challenge_field};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::email::Email;
use kernel::phone::Phone;
use kernel::{Id, Refusal as Misspelt};

/// What challenges of these pages are for.
const PURPOSE: &str = "contact";

#[derive(Template)]
#[template(path = "contacts/templates/add.html")]
struct AddPage {
    page: Page,
    summary: Option<ErrorSummary>,
    title: &'static str,
    lead: String,
    back: String,
    action: String,
    field: TextField,
    challenge: Option<Challenge>,
    submit: Button,
    hours: i64,
}

/// The field's name, which is also the kind's word.
fn field_of(kind: ContactType) -> &'static str {
    match kind {
        ContactType::Phone => "phone",
        ContactType::Email => "email",
    }
}

/// What stands on the page besides the wish.
#[derive(Default)]
struct Shown {
    typed: String,
    error: Option<String>,
    challenge: Option<Challenge>,
}

fn draw(visit: &Visit, kind: ContactType, old: Option<&Contact>, shown_now: Shown) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let Shown { typed, error, challenge } = shown_now;
    let mut errors = Errors::new();
    if let Some(error) = &error {
        errors.add(field_of(kind), error.as_str());
    }
    let field = match kind {
        ContactType::Phone => TextField::phone(lang, "phone")
            .label(page.t("registration-phone"))
            .hint(page.t("registration-phone-hint")),
        ContactType::Email => TextField::email(lang, "email")
            .label(page.t("registration-email"))
            .hint(page.t("registration-email-hint"))
            .maxlength(254),
    };
    let title = match (kind, old.is_some()) {
        (ContactType::Phone, false) => "contacts-title-add-phone",
        (ContactType::Email, false) => "contacts-title-add-email",
        (ContactType::Phone, true) => "contacts-title-replace-phone",
        (ContactType::Email, true) => "contacts-title-replace-email",
    };
    let add_path = match kind {
        ContactType::Phone => "/cabinet/security/contacts/add-phone",
        ContactType::Email => "/cabinet/security/contacts/add-email",
    };
    let status = if error.is_some() || challenge.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let settings = &visit.app().config().contacts;
    let template = AddPage {
        summary: errors.summary(lang),
        title: page.t(title),
        lead: match old {
            Some(old) => {
                let value = whole(old.kind, shown(old.kind, &old.value));
                let args = [("old", value.into()), ("hours", settings.undo_hours.into())];
                page.tf("contacts-replace-lead", &args)
            }
            None => page.t("contacts-add-lead").to_owned(),
        },
        back: old.map_or(LIST.to_owned(), |old| super::path_of(&old.id)),
        action: old.map_or(add_path.to_owned(), |old| super::replace_path(&old.id)),
        field: field.value(&typed).error(errors.get(field_of(kind))),
        challenge,
        submit: Button::new(page.t("contacts-get-code")).weight(Weight::Accent),
        hours: settings.new_contact_hours,
        page,
    };
    visit.html(status, &template)
}

/// Reads what was typed.
fn read(kind: ContactType, typed: &str, sms_prefixes: &[String]) -> std::result::Result<String, FieldError> {
    match kind {
        ContactType::Email => Email::parse(typed)
            .map(|email| email.as_str().to_owned())
            .map_err(|refusal| FieldError::refused("email", fields::Kind::Email, refusal)),
        ContactType::Phone => {
            let refused = |refusal| FieldError::refused("phone", fields::Kind::Phone, refusal);
            let phone = Phone::parse(typed).map_err(refused)?;
            if !phone.takes_sms() {
                return Err(refused(Misspelt::NotMobile));
            }
            let served = sms_prefixes.iter().any(|prefix| phone.as_e164().starts_with(prefix.as_str()));
            if served {
                Ok(phone.as_e164().to_owned())
            } else {
                Err(FieldError::plain("phone", "contacts-error-country"))
            }
        }
    }
}

/// Whether the act may begin at all, and the contact that leaves.
async fn gate(
    visit: &Visit,
    account: &AccountId,
    replaces: Option<&Id<ContactKind>>,
) -> Result<std::result::Result<Option<Contact>, Refusal>> {
    let (ctx, config, account, id) =
        (visit.ctx().clone(), visit.app().config_arc(), account.clone(), replaces.cloned());
    visit
        .app()
        .read(move |tx| {
            let (facts, contacts) = facts(tx, &ctx, &config, &account, id.as_ref())?;
            let act = if id.is_some() { Act::Replace } else { Act::Add };
            Ok(judge(act, &facts)
                .map(|()| contacts.into_iter().find(|contact| Some(&contact.id) == id.as_ref())))
        })
        .await
}

/// Somewhere else, when the act may not begin: the list says why.
fn refused(visit: &Visit, refusal: Refusal) -> Response {
    match refusal {
        Refusal::TooMany => visit.see_other_with(LIST, "contacts-many"),
        Refusal::InUse => visit.see_other_with(LIST, "contacts-factor"),
        _ => visit.see_other(LIST),
    }
}

async fn send(
    visit: &Visit,
    account: &AccountId,
    kind: ContactType,
    old: Option<Contact>,
    fields: &Fields,
) -> std::result::Result<Response, Fault> {
    let typed = fields.text(field_of(kind)).to_owned();
    let again = |error: Option<String>, challenge| {
        draw(visit, kind, old.as_ref(), Shown { typed: typed.clone(), error, challenge })
    };
    let value = match read(kind, &typed, &visit.app().config().codes.sms_prefixes) {
        Ok(value) => value,
        Err(error) => return Ok(again(Some(visit.t(error.key).to_owned()), None)),
    };
    let new = New { kind, value, replaces: old.as_ref().map(|old| old.id.clone()) };
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), account.clone());
    let answer = challenge_field::answer(fields);
    let (begun, verdict) = visit
        .app()
        .write(move |tx| {
            let verdict = challenge_field::judge(tx, &ctx, PURPOSE, answer.as_ref())?;
            let passed = verdict == Some(challenge::Verdict::Passed);
            Ok((begin(tx, &ctx, &config, &account, &new, passed)?, verdict))
        })
        .await?;
    Ok(match begun {
        Begun::Wait(until) => return Err(Fault::too_many(until - visit.now())),
        Begun::Refused(Refusal::Own) => again(Some(visit.t("contacts-refused-own").to_owned()), None),
        Begun::Refused(refusal) => refused(visit, refusal),
        Begun::Asked(Sending::ChallengeNeeded) => {
            again(None, Some(challenge_field::new(visit, PURPOSE, verdict)))
        }
        Begun::Asked(no @ (Sending::Suspended | Sending::CountryRefused)) => {
            again(sending_words(visit.lang(), &no, visit.now()), None)
        }
        // A code that is still fresh is on its way already: the next page says when another may be asked for.
        Begun::Asked(Sending::Sent | Sending::Wait(_)) => visit.see_other(CODE),
    })
}

const CHALLENGE: [&str; 3] = [challenge::TOKEN_FIELD, challenge::ANSWER_FIELD, challenge::NONCE_FIELD];

async fn get(Fresh { visit, session }: Fresh, kind: ContactType) -> std::result::Result<Response, Fault> {
    match gate(&visit, &session.account, None).await? {
        Ok(_) => Ok(draw(&visit, kind, None, Shown::default())),
        Err(refusal) => Ok(refused(&visit, refusal)),
    }
}

async fn post(
    Fresh { visit, session }: Fresh,
    kind: ContactType,
    fields: Fields,
) -> std::result::Result<Response, Fault> {
    fields.only(&[&[field_of(kind)], CHALLENGE.as_slice()].concat())?;
    send(&visit, &session.account, kind, None, &fields).await
}

/// A new phone.
pub async fn get_phone(fresh: Fresh) -> std::result::Result<Response, Fault> {
    get(fresh, ContactType::Phone).await
}

/// Keeps the number and sends its code.
pub async fn post_phone(fresh: Fresh, Form(fields): Form) -> std::result::Result<Response, Fault> {
    post(fresh, ContactType::Phone, fields).await
}

/// A new e-mail address.
pub async fn get_email(fresh: Fresh) -> std::result::Result<Response, Fault> {
    get(fresh, ContactType::Email).await
}

/// Keeps the address and sends its code.
pub async fn post_email(fresh: Fresh, Form(fields): Form) -> std::result::Result<Response, Fault> {
    post(fresh, ContactType::Email, fields).await
}

/// A contact of the same kind instead of this one.
pub async fn get_replace(
    Fresh { visit, session }: Fresh,
    Path(contact): Path<String>,
) -> std::result::Result<Response, Fault> {
    let id = Id::parse(&contact).ok_or_else(Fault::not_found)?;
    match gate(&visit, &session.account, Some(&id)).await? {
        Ok(Some(old)) => Ok(draw(&visit, old.kind, Some(&old), Shown::default())),
        Ok(None) | Err(Refusal::Gone) => Err(Fault::not_found()),
        Err(refusal) => Ok(refused(&visit, refusal)),
    }
}

/// Keeps the new contact and sends its code.
pub async fn post_replace(
    Fresh { visit, session }: Fresh,
    Path(contact): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    // Before the contact is looked at: what does not belong into the form is refused whosever the contact is.
    let kinds = [field_of(ContactType::Phone), field_of(ContactType::Email)];
    fields.only(&[kinds.as_slice(), CHALLENGE.as_slice()].concat())?;
    let id = Id::parse(&contact).ok_or_else(Fault::not_found)?;
    match gate(&visit, &session.account, Some(&id)).await? {
        Ok(Some(old)) => {
            fields.only(&[&[field_of(old.kind)], CHALLENGE.as_slice()].concat())?;
            send(&visit, &session.account, old.kind, Some(old), &fields).await
        }
        // Replaced already by the same form.
        Ok(None) | Err(Refusal::Gone) => Ok(visit.see_other(LIST)),
        Err(refusal) => Ok(refused(&visit, refusal)),
    }
}
