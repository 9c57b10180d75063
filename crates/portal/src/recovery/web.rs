//! `/recover`: login, code, new password.

use super::store::Found;
use super::{Begun, Draft, Next};
use crate::accounts::{self, Login};
use crate::challenge;
use crate::codes::page::{CodePanel, Places, channel_asked, sending_words, shown, verdict_words};
use crate::codes::{self, Purpose, Sending, Standing, Verdict};
use crate::error::Result;
use crate::notifications::Channel;
use crate::sessions;
use crate::web::challenge_field;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::new_password::{self, NewPassword};
use crate::web::page::Page;
use crate::web::routes::{Access, Routes};
use crate::web::texts;
use crate::web::ui::{Button, Challenge, ErrorSummary, Errors, Steps, TextField, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use kernel::Lang;
use under_way::{Turned, UnderWay};

mod paper;
mod restart;
mod saved;
mod second;
mod under_way;
mod wait;

/// The cookie of a recovery.
const COOKIE: &str = "rcv";
/// What challenges of these pages are for.
const PURPOSE: &str = "recover";

/// The routes.
pub fn routes() -> Routes {
    use Access::Anyone;
    Routes::default()
        .get("/recover", Anyone, start)
        .post("/recover", Anyone, begin)
        .get("/recover/code", Anyone, code)
        .post("/recover/code", Anyone, check_code)
        .post("/recover/code/send", Anyone, send)
        .get("/recover/password", Anyone, password)
        .post("/recover/password", Anyone, set_password)
        .get("/recover/second", Anyone, second::get)
        .post("/recover/second", Anyone, second::post)
        .post("/recover/second/start", Anyone, second::start)
        .get("/recover/proofing", Anyone, second::proofing)
        .get("/recover/saved-code", Anyone, paper::saved)
        .post("/recover/saved-code", Anyone, paper::post_saved)
        .get("/recover/access-code", Anyone, paper::access)
        .post("/recover/access-code", Anyone, paper::post_access)
        .get("/recover/wait", Anyone, wait::get)
        .post("/recover/wait", Anyone, wait::post)
        .get("/recover/restart", Anyone, restart::get)
        .post("/recover/restart", Anyone, restart::post)
        .get("/recover/cancel/{token}", Anyone, wait::cancel_page)
        .post("/recover/cancel/{token}", Anyone, wait::cancel)
        .get("/cabinet/security/recovery", Access::SignedIn, saved::get)
        .post("/cabinet/security/recovery", Access::SignedIn, saved::post)
}

/// Where a recovery stands: what is asked next. A recovery whose last proof is too old begins with the contact again.
async fn stands(visit: &Visit, found: &Found) -> Result<Next> {
    if !super::is_fresh(found, &visit.app().config().recovery, visit.now()) {
        return Ok(Next::Contact);
    }
    let (ctx, asked) = (visit.ctx().clone(), found.clone());
    visit.app().read(move |tx| super::next(tx, &ctx, &asked)).await
}

/// The page of a step.
fn path(next: Next) -> &'static str {
    match next {
        Next::Contact => "/recover/code",
        Next::Second => "/recover/second",
        Next::Proofing => "/recover/proofing",
        Next::Password => "/recover/password",
    }
}

/// On to wherever the recovery of this browser stands now.
async fn on(visit: &Visit, headers: &HeaderMap) -> std::result::Result<Response, Fault> {
    match found(visit, headers).await? {
        Ok(found) => Ok(visit.see_other(path(stands(visit, &found).await?))),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// Gives the browser the recovery's cookie.
fn keep_cookie(visit: &Visit, response: &mut Response, token: &str) {
    let seconds = visit.app().config().recovery.keep_hours * 3_600;
    response.headers_mut().append(header::SET_COOKIE, visit.app().jar().set(COOKIE, token, Some(seconds)));
}

fn steps(lang: Lang, current: usize) -> Steps {
    let keys = ["recovery-step-login", "recovery-step-code", "recovery-step-password"];
    Steps::new(lang, keys.map(|key| texts::text(lang, key)), current)
}

#[derive(Template)]
#[template(path = "recovery/templates/start.html")]
struct StartPage {
    page: Page,
    steps: Steps,
    summary: Option<ErrorSummary>,
    login: TextField,
    challenge: Option<Challenge>,
    submit: Button,
}

fn draw_start(visit: &Visit, typed: &str, error: Option<String>, challenge: Option<Challenge>) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let mut errors = Errors::new();
    if let Some(error) = &error {
        errors.add("login", error.as_str());
    }
    let status = if error.is_some() || challenge.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let template = StartPage {
        steps: steps(lang, 0),
        summary: errors.summary(lang),
        login: TextField::new(lang, "login")
            .label(texts::text(lang, "recovery-login"))
            .hint(texts::text(lang, "recovery-login-hint"))
            .value(typed)
            .autocomplete("username")
            .maxlength(254)
            .exact()
            .error(errors.get("login")),
        challenge,
        submit: Button::new(texts::text(lang, "recovery-submit")).weight(Weight::Accent),
        page,
    };
    visit.html(status, &template)
}

/// Asks for the login.
async fn start(visit: Visit) -> Response {
    draw_start(&visit, "", None, None)
}

/// Sends the code, if there is anybody; says the same in any case.
async fn begin(visit: Visit, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["login", challenge::TOKEN_FIELD, challenge::ANSWER_FIELD, challenge::NONCE_FIELD])?;
    let typed = fields.text("login").to_owned();
    let Some(login) = Login::parse(&typed) else {
        return Ok(draw_start(&visit, &typed, Some(visit.t("recovery-error-login").into()), None));
    };
    let (ctx, config, answer) =
        (visit.ctx().clone(), visit.app().config_arc(), challenge_field::answer(&fields));
    let (begun, verdict) = visit
        .app()
        .write(move |tx| {
            let verdict = challenge_field::judge(tx, &ctx, PURPOSE, answer.as_ref())?;
            let passed = verdict == Some(challenge::Verdict::Passed);
            Ok((super::begin(tx, &ctx, &config, &login, passed)?, verdict))
        })
        .await?;
    match begun {
        Begun::Sent(token) => {
            let mut response = visit.see_other("/recover/code");
            keep_cookie(&visit, &mut response, &token);
            Ok(response)
        }
        Begun::Refused(Sending::ChallengeNeeded) => {
            let challenge = challenge_field::new(&visit, PURPOSE, verdict);
            Ok(draw_start(&visit, &typed, None, Some(challenge)))
        }
        Begun::Refused(refused) => {
            Ok(draw_start(&visit, &typed, sending_words(visit.lang(), &refused, visit.now()), None))
        }
        Begun::Wait(until) => Err(Fault::too_many(until - visit.now())),
    }
}

async fn found(visit: &Visit, headers: &HeaderMap) -> Result<std::result::Result<Found, Response>> {
    let token = visit.app().jar().get(headers, COOKIE).filter(|token| token.len() == 43).map(str::to_owned);
    let Some(token) = token else { return Ok(Err(visit.see_other("/recover"))) };
    let ctx = visit.ctx().clone();
    let found = visit.app().read(move |tx| super::find(tx, &ctx, &token)).await?;
    Ok(match found {
        Some(found) if found.done => {
            Err(visit.see_other(if visit.session().is_some() { "/cabinet" } else { "/sign-in" }))
        }
        Some(found) => Ok(found),
        None => Err(visit.see_other("/recover")),
    })
}

#[derive(Template)]
#[template(path = "recovery/templates/code.html")]
struct CodePage {
    page: Page,
    steps: Steps,
    summary: Option<ErrorSummary>,
    panel: CodePanel,
    typed: bool,
    challenge: Option<Challenge>,
    submit: Button,
}

async fn standing(visit: &Visit, found: &Found) -> Result<Option<Standing>> {
    let (ctx, settings, subject) =
        (visit.ctx().clone(), visit.app().config().codes.clone(), found.id.to_string());
    visit.app().read(move |tx| codes::standing(tx, &ctx, &settings, Purpose::Recover, &subject)).await
}

async fn draw_code(
    visit: &Visit,
    found: &Found,
    error: Option<String>,
    challenge: Option<Challenge>,
) -> Result<Response> {
    let standing = standing(visit, found).await?;
    let page = visit.page();
    let lang = page.lang;
    let mut errors = Errors::new();
    if let Some(error) = &error {
        errors.add("code", error.as_str());
    }
    let Draft { to, kind, typed } = &found.draft;
    let places = Places { send: "/recover/code/send" };
    let panel = CodePanel::new(visit.app(), &page, *kind, to, standing.as_ref(), &places, error.as_deref());
    let status = if error.is_some() || challenge.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let template = CodePage {
        steps: steps(lang, 1),
        summary: errors.summary(lang),
        panel,
        typed: *typed,
        challenge,
        submit: Button::new(texts::text(lang, "recovery-code-submit")).weight(Weight::Accent),
        page,
    };
    Ok(visit.html(status, &template))
}

/// Asks for the code.
async fn code(UnderWay { visit, found, next }: UnderWay) -> std::result::Result<Response, Fault> {
    match next {
        Next::Contact => Ok(draw_code(&visit, &found, None, None).await?),
        next => Ok(visit.see_other(path(next))),
    }
}

/// Checks the code.
async fn check_code(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Turned> {
    fields.only(&["code"])?;
    let UnderWay { visit, found, .. } = UnderWay::of(visit, &headers).await?;
    let (ctx, config, code) = (visit.ctx().clone(), visit.app().config_arc(), fields.text("code").to_owned());
    let asked = found.clone();
    let verdict = visit.app().write(move |tx| super::confirm(tx, &ctx, &config, &asked, &code)).await?;
    match verdict {
        Verdict::Right => Ok(on(&visit, &headers).await?),
        Verdict::Used if found.verified_at.is_some() => Ok(on(&visit, &headers).await?),
        wrong => Ok(draw_code(&visit, &found, verdict_words(visit.lang(), wrong, visit.now()), None).await?),
    }
}

/// Sends another code.
async fn send(visit: Visit, headers: HeaderMap, Form(fields): Form) -> std::result::Result<Response, Turned> {
    fields.only(&[
        "channel",
        "code",
        challenge::TOKEN_FIELD,
        challenge::ANSWER_FIELD,
        challenge::NONCE_FIELD,
    ])?;
    let UnderWay { visit, found, .. } = UnderWay::of(visit, &headers).await?;
    let standing = standing(&visit, &found).await?;
    let channel = channel_asked(visit.app(), found.draft.kind, fields.text("channel"), standing.as_ref());
    let (ctx, config, answer) =
        (visit.ctx().clone(), visit.app().config_arc(), challenge_field::answer(&fields));
    let asked = found.clone();
    let (sending, verdict) = visit
        .app()
        .write(move |tx| {
            let verdict = challenge_field::judge(tx, &ctx, PURPOSE, answer.as_ref())?;
            let passed = verdict == Some(challenge::Verdict::Passed);
            Ok((super::send_again(tx, &ctx, &config, &asked, channel, passed)?, verdict))
        })
        .await?;
    match sending {
        Sending::Sent => {
            let name = if channel == Channel::Call { "call-asked" } else { "code-sent" };
            Ok(visit.see_other_with("/recover/code", name))
        }
        Sending::ChallengeNeeded => {
            let challenge = Some(challenge_field::new(&visit, PURPOSE, verdict));
            Ok(draw_code(&visit, &found, None, challenge).await?)
        }
        refused => {
            Ok(draw_code(&visit, &found, sending_words(visit.lang(), &refused, visit.now()), None).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "recovery/templates/password.html")]
struct PasswordPage {
    page: Page,
    steps: Steps,
    password: NewPassword,
    login: String,
    submit: Button,
}

fn draw_password(visit: &Visit, found: &Found, password: NewPassword) -> Response {
    let page = visit.page();
    let status = if password.has_errors() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let login = if found.draft.typed { shown(found.draft.kind, &found.draft.to) } else { String::new() };
    let submit = Button::new(visit.t("recovery-password-submit")).weight(Weight::Accent);
    visit.html(status, &PasswordPage { steps: steps(page.lang, 2), password, login, submit, page })
}

/// Asks for the new password.
async fn password(UnderWay { visit, found, next }: UnderWay) -> Response {
    match next {
        Next::Password => draw_password(&visit, &found, NewPassword::new(&visit, None)),
        next => visit.see_other(path(next)),
    }
}

/// Sets it and signs in.
async fn set_password(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Turned> {
    fields.only(&["password", "password_repeat", "login"])?;
    let UnderWay { visit, found, next } = UnderWay::of(visit, &headers).await?;
    if next != Next::Password {
        return Ok(visit.see_other(path(next)));
    }
    let personal = personal_words(&visit, &found).await?;
    if let Some(errors) = new_password::faults(&visit, &fields, &personal).await? {
        return Ok(draw_password(&visit, &found, NewPassword::new(&visit, Some(errors))));
    }
    let hash = visit.app().passwords().hash(&fields.secret("password"), &mut visit.ctx().rng()).await?;
    let (ctx, config, asked) = (visit.ctx().clone(), visit.app().config_arc(), found.clone());
    let token = visit.app().write(move |tx| super::finish(tx, &ctx, &config, &asked, &hash)).await?;
    if let Some(account) = &found.account {
        visit.app().sessions().forget(account);
    }
    let Some(token) = token else { return Ok(super::waits::after_refusal(&visit, &found).await?) };
    let mut response = visit.see_other_with("/cabinet", "recovered");
    sessions::web::keep_cookie(&visit, &mut response, &token, false);
    response.headers_mut().append(header::SET_COOKIE, visit.app().jar().clear(COOKIE));
    Ok(response)
}

async fn personal_words(visit: &Visit, found: &Found) -> Result<Vec<String>> {
    let Some(account) = found.account.clone() else { return Ok(Vec::new()) };
    let ctx = visit.ctx().clone();
    visit.app().read(move |tx| accounts::personal_words(tx, &ctx, &account)).await
}
