//! `/sign-in` and `/sign-out`; the second step and the page that asks again are beside this file.

mod confirm;
pub(crate) mod second;

use super::methods::passkey::Part;
use super::{Outcome, Try};
use crate::accounts::AccountId;
use crate::challenge;
use crate::sessions::{self, End};
use crate::web::back;
use crate::web::challenge_field;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::routes::{Access, Routes};
use crate::web::texts;
use crate::web::ui::{Button, Challenge, Checkbox, ErrorSummary, Errors, PasswordField, TextField, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/sign-in", Access::Anyone, get)
        .post("/sign-in", Access::Anyone, post)
        .get("/sign-in/second", Access::Anyone, second::get)
        .post("/sign-in/second", Access::Anyone, second::post)
        .post("/sign-in/second/start", Access::Anyone, second::start)
        .get("/confirm", Access::SignedIn, confirm::get)
        .post("/confirm", Access::SignedIn, confirm::post)
        .post("/confirm/start", Access::SignedIn, confirm::start)
        .post("/sign-out", Access::Anyone, sign_out)
}

#[derive(Template)]
#[template(path = "signin/templates/sign_in.html")]
struct SignInPage {
    page: Page,
    summary: Option<ErrorSummary>,
    login: TextField,
    password: PasswordField,
    remember: Checkbox,
    challenge: Option<Challenge>,
    submit: Button,
    back: String,
    back_query: String,
    passkey: Part,
}

/// What the form holds.
#[derive(Default)]
struct Shown<'a> {
    login: &'a str,
    remember: bool,
    back: &'a str,
    error: Option<String>,
    challenge: Option<Challenge>,
    status: StatusCode,
}

fn draw(visit: &Visit, shown: Shown<'_>) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let t = |key| texts::text(lang, key);
    let mut errors = Errors::new();
    if let Some(error) = shown.error {
        errors.add("login", error);
    }
    let template = SignInPage {
        summary: errors.summary(lang),
        login: TextField::new(lang, "login")
            .label(t("signin-login"))
            .hint(t("signin-login-hint"))
            .value(shown.login)
            .autocomplete("username webauthn")
            .maxlength(254)
            .exact()
            .error(errors.get("login")),
        password: PasswordField::current(lang, "password").label(t("signin-password")),
        remember: Checkbox::new(lang, "remember")
            .label(t("signin-remember"))
            .hint(t("signin-remember-hint"))
            .checked(shown.remember),
        challenge: shown.challenge,
        submit: Button::new(t("signin-submit")).weight(Weight::Accent),
        back: shown.back.to_owned(),
        back_query: back::to_query(shown.back),
        passkey: Part::sign_in(visit.ctx(), &visit.app().config().passkeys).beside(),
        page,
    };
    visit.html(shown.status, &template)
}

/// Where to go after signing in.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Ask {
    back: String,
}

/// The form.
pub async fn get(visit: Visit, Query(ask): Query<Ask>) -> std::result::Result<Response, Fault> {
    if visit.session().is_some() {
        return Ok(visit.see_other(back::from_query(&ask.back)));
    }
    Ok(draw(&visit, Shown { back: &ask.back, ..Shown::default() }))
}

/// Tries to sign in.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[
        "login",
        "password",
        "remember",
        "back",
        challenge::TOKEN_FIELD,
        challenge::ANSWER_FIELD,
        challenge::NONCE_FIELD,
    ])?;
    let shown = Shown {
        login: fields.text("login"),
        remember: fields.ticked("remember"),
        back: fields.text("back"),
        status: StatusCode::UNPROCESSABLE_ENTITY,
        ..Shown::default()
    };
    if fields.text("login").trim().is_empty() || fields.text("password").is_empty() {
        return Ok(draw(&visit, Shown { error: Some(visit.t("signin-error-empty").into()), ..shown }));
    }
    let too_long = fields.text("login").len() > 1_024 || fields.text("password").len() > 1_024;
    if too_long {
        return Ok(draw(&visit, Shown { error: Some(visit.t("signin-error-wrong").into()), ..shown }));
    }
    let attempt = Try {
        login: fields.text("login").to_owned(),
        password: fields.secret("password"),
        remember: fields.ticked("remember"),
        answer: challenge_field::answer(&fields),
        back: fields.text("back").to_owned(),
        trust: visit.app().jar().get(&headers, TRUST_COOKIE).map(str::to_owned),
    };
    match super::attempt(visit.app(), visit.ctx(), attempt).await? {
        Outcome::In(account, token) => {
            let_in(&visit, &account, &token, fields.ticked("remember"), fields.text("back")).await
        }
        Outcome::Half(token) => second::begun(&visit, &token).await,
        Outcome::Wrong { challenge } => {
            let challenge = challenge.then(|| challenge_field::new(&visit, super::CHALLENGE, None));
            Ok(draw(&visit, Shown { error: Some(visit.t("signin-error-wrong").into()), challenge, ..shown }))
        }
        Outcome::ChallengeNeeded(verdict) => {
            let error = verdict.is_none().then(|| visit.t("signin-error-challenge").to_owned());
            let challenge = Some(challenge_field::new(&visit, super::CHALLENGE, verdict));
            Ok(draw(&visit, Shown { error, challenge, ..shown }))
        }
        Outcome::Wait(until) => Err(Fault::too_many(until - visit.now())),
    }
}

/// The cookie of a device that needs no second factor for a while.
const TRUST_COOKIE: &str = "trust";

/// Gives the browser its session and leads on; what was signed in here before ends.
///
/// # Errors
/// The storage is away.
pub async fn let_in(
    visit: &Visit,
    account: &AccountId,
    token: &sessions::Token,
    remember: bool,
    back: &str,
) -> std::result::Result<Response, Fault> {
    visit.app().sessions().forget(account);
    if let Some(before) = visit.session().cloned() {
        // The cookie is about to be overwritten: a session that nobody holds must not live on (ASVS 7.2.4).
        let (ctx, whose, id) = (visit.ctx().clone(), before.account.clone(), before.id.clone());
        visit.app().write(move |tx| sessions::end(tx, &ctx, &whose, &id, End::Replaced)).await?;
        visit.app().sessions().forget(&before.account);
    }
    let mut response = visit.see_other(back::from_query(back));
    sessions::web::keep_cookie(visit, &mut response, token, remember);
    Ok(response)
}

/// Ends this session; signing out twice does nothing twice.
pub async fn sign_out(visit: Visit, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    if let Some(session) = visit.session().cloned() {
        let (ctx, account, id) = (visit.ctx().clone(), session.account.clone(), session.id.clone());
        visit.app().write(move |tx| sessions::end(tx, &ctx, &account, &id, End::SignedOut)).await?;
        visit.app().sessions().forget(&session.account);
    }
    let mut response = visit.see_other_with("/", "signed-out");
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, visit.app().jar().clear("sid"));
    headers.append("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}
