//! `/register/code`: the code that was sent to the contact.

use super::super::rules::Draft;
use super::super::{RegistrationId, subject};
use crate::accounts::ContactType;
use crate::codes::page::{CodePanel, Places, channel_asked, sending_words, verdict_words};
use crate::codes::{self, Purpose, Sending, Standing, Verdict};
use crate::error::Result;
use crate::notifications::Channel;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::page::Page;
use crate::web::ui::{Button, Challenge, ErrorSummary, Errors, Steps, Weight};
use crate::web::visit::Visit;
use crate::{challenge, web::challenge_field};
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

const PURPOSE: &str = "register-send";

#[derive(Template)]
#[template(path = "registration/templates/code.html")]
struct CodePage {
    page: Page,
    steps: Steps,
    summary: Option<ErrorSummary>,
    panel: CodePanel,
    phone: bool,
    may_leave: bool,
    challenge: Option<Challenge>,
    submit: Button,
    later: Button,
}

/// What stands on the page besides the draft.
#[derive(Default)]
struct Shown {
    error: Option<String>,
    challenge: Option<Challenge>,
}

async fn draw(
    visit: &Visit,
    id: &RegistrationId,
    draft: &Draft,
    kind: ContactType,
    shown: Shown,
) -> Result<Response> {
    let Some(contact) = draft.contact(kind) else { return Ok(visit.see_other("/register")) };
    let standing = standing(visit, id, kind, &contact.value).await?;
    let page = visit.page();
    let lang = page.lang;
    let mut errors = Errors::new();
    if let Some(error) = &shown.error {
        errors.add("code", error.as_str());
    }
    let places = Places { send: "/register/code/send" };
    let panel = CodePanel::new(
        visit.app(),
        &page,
        kind,
        &contact.value,
        standing.as_ref(),
        &places,
        shown.error.as_deref(),
    );
    let t = |key| crate::web::texts::text(lang, key);
    let status = if errors.is_empty() && shown.challenge.is_none() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let template = CodePage {
        steps: super::steps(lang, 1),
        summary: errors.summary(lang),
        panel,
        phone: kind == ContactType::Phone,
        may_leave: draft.may_leave(kind),
        challenge: shown.challenge,
        submit: Button::new(t("registration-code-submit")).weight(Weight::Accent),
        later: Button::new(t("registration-code-later")).weight(Weight::Quiet),
        page,
    };
    Ok(visit.html(status, &template))
}

async fn standing(
    visit: &Visit,
    id: &RegistrationId,
    kind: ContactType,
    value: &str,
) -> Result<Option<Standing>> {
    let (ctx, settings) = (visit.ctx().clone(), visit.app().config().codes.clone());
    let subject = subject(&ctx, id, kind, value);
    visit.app().read(move |tx| codes::standing(tx, &ctx, &settings, Purpose::Register, &subject)).await
}

/// The page.
pub async fn get(visit: Visit, headers: HeaderMap) -> std::result::Result<Response, Fault> {
    let (id, draft) = match super::open(&visit, super::cookie(&headers, &visit)).await? {
        Ok(open) => open,
        Err(elsewhere) => return Ok(elsewhere),
    };
    match super::waiting(&draft) {
        Some(kind) => Ok(draw(&visit, &id, &draft, kind, Shown::default()).await?),
        None => Ok(visit.see_other(super::path(draft.step()))),
    }
}

/// The contact whose turn it is, when the form was about that one: a form that comes again after its contact was
/// confirmed must not count against the next contact.
fn asked(draft: &Draft, fields: &Fields) -> Option<ContactType> {
    let named = fields.text("contact");
    super::waiting(draft).filter(|kind| named.is_empty() || named == kind.word())
}

/// Checks the code.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["code", "contact"])?;
    let token = super::cookie(&headers, &visit);
    let (id, draft) = match super::open(&visit, token.clone()).await? {
        Ok(open) => open,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Some(kind) = asked(&draft, &fields) else { return Ok(visit.see_other(super::path(draft.step()))) };
    let (ctx, config, code) = (visit.ctx().clone(), visit.app().config_arc(), fields.text("code").to_owned());
    let (job_id, job_draft) = (id.clone(), draft.clone());
    let verdict = visit
        .app()
        .write(move |tx| super::super::confirm(tx, &ctx, &config, &job_id, &job_draft, kind, &code))
        .await?;
    match verdict {
        // A form that was sent twice finds its code used by its twin: both go on.
        Verdict::Right | Verdict::Used => {
            let (_, draft) = match super::open(&visit, token).await? {
                Ok(open) => open,
                Err(elsewhere) => return Ok(elsewhere),
            };
            Ok(visit.see_other(super::path(draft.step())))
        }
        wrong => {
            let error = verdict_words(visit.lang(), wrong, visit.now());
            Ok(draw(&visit, &id, &draft, kind, Shown { error, ..Shown::default() }).await?)
        }
    }
}

/// Sends another code, by text, call or letter.
pub async fn send(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[
        "channel",
        "code",
        "contact",
        challenge::TOKEN_FIELD,
        challenge::ANSWER_FIELD,
        challenge::NONCE_FIELD,
    ])?;
    let (id, draft) = match super::open(&visit, super::cookie(&headers, &visit)).await? {
        Ok(open) => open,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Some(kind) = asked(&draft, &fields) else { return Ok(visit.see_other(super::path(draft.step()))) };
    let value = draft.contact(kind).map(|contact| contact.value.clone()).unwrap_or_default();
    let standing = standing(&visit, &id, kind, &value).await?;
    let channel = channel_asked(visit.app(), kind, fields.text("channel"), standing.as_ref());
    let answer = challenge_field::answer(&fields);
    let (ctx, config, job_id, job_draft) =
        (visit.ctx().clone(), visit.app().config_arc(), id.clone(), draft.clone());
    let (sending, verdict) = visit
        .app()
        .write(move |tx| {
            let verdict = challenge_field::judge(tx, &ctx, PURPOSE, answer.as_ref())?;
            let passed = verdict == Some(challenge::Verdict::Passed);
            Ok((super::super::send(tx, &ctx, &config, &job_id, &job_draft, kind, channel, passed)?, verdict))
        })
        .await?;
    match sending {
        Sending::Sent => {
            let name = if channel == Channel::Call { "call-asked" } else { "code-sent" };
            Ok(visit.see_other_with("/register/code", name))
        }
        Sending::ChallengeNeeded => {
            let challenge = Some(challenge_field::new(&visit, PURPOSE, verdict));
            Ok(draw(&visit, &id, &draft, kind, Shown { challenge, ..Shown::default() }).await?)
        }
        refused => {
            let error = sending_words(visit.lang(), &refused, visit.now());
            Ok(draw(&visit, &id, &draft, kind, Shown { error, ..Shown::default() }).await?)
        }
    }
}

/// Leaves this contact for later.
pub async fn later(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["code", "contact"])?;
    let token = super::cookie(&headers, &visit);
    let (id, draft) = match super::open(&visit, token.clone()).await? {
        Ok(open) => open,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if let Some(kind) = asked(&draft, &fields) {
        let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
        visit.app().write(move |tx| super::super::leave(tx, &ctx, &config, &id, &draft, kind)).await?;
    }
    match super::open(&visit, token).await? {
        Ok((_, draft)) => Ok(visit.see_other(super::path(draft.step()))),
        Err(elsewhere) => Ok(elsewhere),
    }
}
