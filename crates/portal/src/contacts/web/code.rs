//! `/cabinet/security/contacts/code`: the code that was sent to the new contact.

use super::super::{Confirmed, Draft, FlowId, Proof, confirm, waiting};
use super::{CODE, LIST, TAKEN};
use crate::accounts::{AccountId, ContactType};
use crate::codes::page::{CodePanel, Places, channel_asked, sending_words, verdict_words};
use crate::codes::{self, Purpose, Sending, Standing};
use crate::error::Result;
use crate::notifications::Channel;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::Page;
use crate::web::ui::{Button, Challenge, ErrorSummary, Errors, Weight};
use crate::web::visit::{SignedIn, Visit};
use crate::{challenge, web::challenge_field};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

const PURPOSE: &str = "contact-send";

#[derive(Template)]
#[template(path = "contacts/templates/code.html")]
struct CodePage {
    page: Page,
    summary: Option<ErrorSummary>,
    phone: bool,
    panel: CodePanel,
    challenge: Option<Challenge>,
    submit: Button,
    give_up: Button,
}

/// What stands on the page besides the flow.
#[derive(Default)]
struct Shown {
    error: Option<String>,
    challenge: Option<Challenge>,
}

async fn flow(visit: &Visit, account: &AccountId) -> Result<Option<(FlowId, Draft)>> {
    let (ctx, account) = (visit.ctx().clone(), account.clone());
    visit.app().read(move |tx| waiting(tx, &ctx, &account)).await
}

async fn standing(visit: &Visit, id: &FlowId) -> Result<Option<Standing>> {
    let (ctx, settings, subject) = (visit.ctx().clone(), visit.app().config().codes.clone(), id.to_string());
    visit.app().read(move |tx| codes::standing(tx, &ctx, &settings, Purpose::Contact, &subject)).await
}

async fn draw(visit: &Visit, id: &FlowId, draft: &Draft, shown: Shown) -> Result<Response> {
    let standing = standing(visit, id).await?;
    let page = visit.page();
    let lang = page.lang;
    let mut errors = Errors::new();
    if let Some(error) = &shown.error {
        errors.add("code", error.as_str());
    }
    let places = Places { send: "/cabinet/security/contacts/code/send" };
    let error = shown.error.as_deref();
    let panel =
        CodePanel::new(visit.app(), &page, draft.kind, &draft.value, standing.as_ref(), &places, error);
    let status = if errors.is_empty() && shown.challenge.is_none() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let template = CodePage {
        summary: errors.summary(lang),
        phone: draft.kind == ContactType::Phone,
        panel,
        challenge: shown.challenge,
        submit: Button::new(page.t("contacts-confirm")).weight(Weight::Accent),
        give_up: Button::new(page.t("contacts-waiting-give-up")).weight(Weight::Quiet),
        page,
    };
    Ok(visit.html(status, &template))
}

/// The page.
pub async fn get(Fresh { visit, session }: Fresh) -> std::result::Result<Response, Fault> {
    match flow(&visit, &session.account).await? {
        None => Ok(visit.see_other(LIST)),
        Some((_, draft)) if draft.proof == Proof::Taken => Ok(visit.see_other(TAKEN)),
        Some((id, draft)) => Ok(draw(&visit, &id, &draft, Shown::default()).await?),
    }
}

/// Checks the code; a right one lets the contact come.
pub async fn post(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["code"])?;
    let Some((id, draft)) = flow(&visit, &session.account).await? else { return Ok(visit.see_other(LIST)) };
    let (ctx, config, account, code) = (
        visit.ctx().clone(),
        visit.app().config_arc(),
        session.account.clone(),
        fields.text("code").to_owned(),
    );
    let confirmed = visit.app().write(move |tx| confirm(tx, &ctx, &config, &account, &code)).await?;
    visit.app().sessions().forget(&session.account);
    if let Some(elsewhere) = super::after(&visit, &confirmed) {
        return Ok(elsewhere);
    }
    let error = match confirmed {
        Confirmed::Refused(refusal) => Some(super::refusal_words(&visit.page(), refusal)),
        Confirmed::Wrong(verdict) => verdict_words(visit.lang(), verdict, visit.now()),
        _ => None,
    };
    Ok(draw(&visit, &id, &draft, Shown { error, ..Shown::default() }).await?)
}

/// Sends another code, by text, call or letter.
pub async fn send(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[
        "channel",
        "code",
        challenge::TOKEN_FIELD,
        challenge::ANSWER_FIELD,
        challenge::NONCE_FIELD,
    ])?;
    let Some((id, draft)) = flow(&visit, &session.account).await? else { return Ok(visit.see_other(LIST)) };
    if draft.proof == Proof::Taken {
        return Ok(visit.see_other(TAKEN));
    }
    let standing = standing(&visit, &id).await?;
    let channel = channel_asked(visit.app(), draft.kind, fields.text("channel"), standing.as_ref());
    let answer = challenge_field::answer(&fields);
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let (asked_id, asked) = (id.clone(), draft.clone());
    let (sending, verdict) = visit
        .app()
        .write(move |tx| {
            let verdict = challenge_field::judge(tx, &ctx, PURPOSE, answer.as_ref())?;
            let passed = verdict == Some(challenge::Verdict::Passed);
            let sending =
                super::super::send(tx, &ctx, &config, &account, &asked_id, &asked, channel, passed)?;
            Ok((sending, verdict))
        })
        .await?;
    match sending {
        Sending::Sent => {
            let name = if channel == Channel::Call { "call-asked" } else { "code-sent" };
            Ok(visit.see_other_with(CODE, name))
        }
        Sending::ChallengeNeeded => {
            let challenge = Some(challenge_field::new(&visit, PURPOSE, verdict));
            Ok(draw(&visit, &id, &draft, Shown { challenge, ..Shown::default() }).await?)
        }
        refused => {
            let error = sending_words(visit.lang(), &refused, visit.now());
            Ok(draw(&visit, &id, &draft, Shown { error, ..Shown::default() }).await?)
        }
    }
}

/// Gives up the contact that waits.
pub async fn cancel(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["code"])?;
    let account = session.account.clone();
    visit.app().write(move |tx| super::super::cancel(tx, &account)).await?;
    Ok(visit.see_other(LIST))
}
