//! `/register`: names, contact, consents.

use super::super::rules::{self, Draft, Typed};
use super::super::{State, Submission, Submitted};
use crate::challenge;
use crate::codes::{Sending, page as code_page};
use crate::error::Result;
use crate::web::challenge_field;
use crate::web::fault::Fault;
use crate::web::fields;
use crate::web::form::{Fields, Form};
use crate::web::legal::Document;
use crate::web::page::Page;
use crate::web::ui::{Button, Challenge, Checkbox, ErrorSummary, Errors, Steps, TextField, Weight, Words};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;

const FIELDS: &[&str] = &[
    "surname",
    "first_name",
    "patronymic",
    "phone",
    "email",
    "consent_terms",
    "consent_data",
    "form",
    challenge::TOKEN_FIELD,
    challenge::ANSWER_FIELD,
    challenge::NONCE_FIELD,
];
/// What a challenge of this page is for.
const PURPOSE: &str = "register";

#[derive(Template)]
#[template(path = "registration/templates/start.html")]
struct StartPage {
    page: Page,
    steps: Steps,
    summary: Option<ErrorSummary>,
    surname: TextField,
    first_name: TextField,
    patronymic: TextField,
    phone: TextField,
    email: TextField,
    consent_terms: Checkbox,
    consent_data: Checkbox,
    challenge: Option<Challenge>,
    submit: Button,
    has_draft: bool,
    /// The number of this drawn page.
    form: String,
}

impl StartPage {
    fn new(
        visit: &Visit,
        typed: &Typed,
        errors: &Errors,
        challenge: Option<Challenge>,
        has_draft: bool,
    ) -> StartPage {
        let page = visit.page();
        let lang = page.lang;
        let t = |key| crate::web::texts::text(lang, key);
        let text = |name: &'static str, label, value: &str| {
            TextField::new(lang, name).label(t(label)).value(value).error(errors.get(name)).maxlength(100)
        };
        let consent = |name: &'static str, label, address: &str, ticked| {
            Checkbox::new(lang, name)
                .label(Words::linked(t(label), &[address]))
                .checked(ticked)
                .error(errors.get(name))
        };
        StartPage {
            steps: super::steps(lang, 0),
            summary: errors.summary(lang),
            surname: text("surname", "registration-surname", &typed.surname).autocomplete("family-name"),
            first_name: text("first_name", "registration-first-name", &typed.first_name)
                .autocomplete("given-name"),
            patronymic: text("patronymic", "registration-patronymic", &typed.patronymic)
                .autocomplete("additional-name")
                .optional(true),
            phone: TextField::phone(lang, "phone")
                .label(t("registration-phone"))
                .hint(t("registration-phone-hint"))
                .value(&typed.phone)
                .error(errors.get("phone")),
            email: TextField::email(lang, "email")
                .label(t("registration-email"))
                .hint(t("registration-email-hint"))
                .value(&typed.email)
                .error(errors.get("email"))
                .maxlength(254),
            consent_terms: consent(
                "consent_terms",
                "registration-consent-terms",
                "/legal/terms",
                typed.consent_terms,
            ),
            consent_data: consent(
                "consent_data",
                "registration-consent-data",
                "/legal/data",
                typed.consent_data,
            ),
            challenge,
            submit: Button::new(t("registration-submit")).weight(Weight::Accent),
            has_draft,
            form: B64.encode(visit.ctx().rng().bytes::<12>()),
            page,
        }
    }
}

fn typed_of(fields: &Fields) -> Typed {
    Typed {
        surname: fields.text("surname").into(),
        first_name: fields.text("first_name").into(),
        patronymic: fields.text("patronymic").into(),
        phone: fields.text("phone").into(),
        email: fields.text("email").into(),
        consent_terms: fields.ticked("consent_terms"),
        consent_data: fields.ticked("consent_data"),
    }
}

fn typed_of_draft(draft: &Draft) -> Typed {
    let value = |contact: &Option<rules::DraftContact>, kind| {
        contact.as_ref().map(|contact| code_page::shown(kind, &contact.value)).unwrap_or_default()
    };
    Typed {
        surname: draft.person.surname.clone(),
        first_name: draft.person.first_name.clone(),
        patronymic: draft.person.patronymic.clone().unwrap_or_default(),
        phone: value(&draft.phone, crate::accounts::ContactType::Phone),
        email: value(&draft.email, crate::accounts::ContactType::Email),
        consent_terms: true,
        consent_data: true,
    }
}

/// The empty page, or what was typed before.
pub async fn get(visit: Visit, headers: HeaderMap) -> std::result::Result<Response, Fault> {
    if visit.session().is_some() {
        return Ok(visit.see_other("/cabinet"));
    }
    let state = super::state(&visit, super::cookie(&headers, &visit)).await?;
    let (typed, has_draft) = match &state {
        State::Open(_, draft) => (typed_of_draft(draft), true),
        State::None | State::Done(_) => (Typed::default(), false),
    };
    Ok(visit.ok(&StartPage::new(&visit, &typed, &Errors::new(), None, has_draft)))
}

/// Keeps what was typed and sends the first code.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(FIELDS)?;
    if visit.session().is_some() {
        return Ok(visit.see_other("/cabinet"));
    }
    let typed = typed_of(&fields);
    let config = visit.app().config_arc();
    let address = visit.ctx().address.to_string();
    let version = |document| visit.app().legal().version(document).to_owned();
    let versions = (version(Document::Terms), version(Document::Data));
    let draft = match rules::read(&typed, &config.codes.sms_prefixes, visit.now(), &address, versions) {
        Ok(draft) => draft,
        Err(errors) => {
            let errors = fields::in_words(visit.lang(), &errors);
            return Ok(visit.unprocessable(&StartPage::new(&visit, &typed, &errors, None, false)));
        }
    };
    let answer = challenge_field::answer(&fields);
    let (submitted, passed) =
        submit(&visit, super::cookie(&headers, &visit), fields.text("form").to_owned(), draft, answer)
            .await?;
    match submitted {
        Submitted::Wait(until) => Err(Fault::too_many(until - visit.now())),
        Submitted::Kept { token, sending } => Ok(answer_kept(&visit, &typed, token, sending, passed)),
    }
}

async fn submit(
    visit: &Visit,
    token: Option<String>,
    form: String,
    draft: Draft,
    answer: Option<challenge::Answer>,
) -> Result<(Submitted, Option<challenge::Verdict>)> {
    let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
    visit
        .app()
        .write(move |tx| {
            let verdict = challenge_field::judge(tx, &ctx, PURPOSE, answer.as_ref())?;
            let challenge_passed = verdict == Some(challenge::Verdict::Passed);
            let came = Submission { token: token.as_deref(), form: &form, draft: &draft, challenge_passed };
            Ok((super::super::submit(tx, &ctx, &config, &came)?, verdict))
        })
        .await
}

fn answer_kept(
    visit: &Visit,
    typed: &Typed,
    token: Option<String>,
    sending: Option<Sending>,
    verdict: Option<challenge::Verdict>,
) -> Response {
    let mut response = match sending {
        Some(Sending::ChallengeNeeded) => {
            let challenge = challenge_field::new(visit, PURPOSE, verdict);
            visit.unprocessable(&StartPage::new(visit, typed, &Errors::new(), Some(challenge), true))
        }
        Some(refused @ (Sending::Suspended | Sending::CountryRefused)) => {
            let mut errors = Errors::new();
            errors.add(
                "phone",
                code_page::sending_words(visit.lang(), &refused, visit.now()).unwrap_or_default(),
            );
            visit.unprocessable(&StartPage::new(visit, typed, &errors, None, true))
        }
        // A code that is still fresh is on its way already: the next page says when another may be asked for.
        Some(Sending::Sent | Sending::Wait(_)) => visit.see_other("/register/code"),
        None => visit.see_other("/register/password"),
    };
    if let Some(token) = token {
        super::keep_cookie(visit, &mut response, &token);
    }
    response
}

/// Throws the draft away: a shared computer keeps nothing.
pub async fn discard(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    if let Some(token) = super::cookie(&headers, &visit) {
        visit.app().write(move |tx| super::super::discard(tx, &token)).await?;
    }
    let mut response = visit.see_other("/register");
    super::drop_cookie(&visit, &mut response);
    Ok(response)
}
