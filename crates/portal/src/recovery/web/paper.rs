//! `/recover/saved-code` and `/recover/access-code`: a login and a code on paper.

use super::{found, keep_cookie, on, stands, steps};
use crate::accounts::Login;
use crate::recovery::Next;
use crate::recovery::papers::{self, Paper, Typed};
use crate::recovery::store::Found;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::format;
use crate::web::page::Page;
use crate::web::texts::{self, Arg};
use crate::web::ui::{Button, ErrorSummary, Errors, Steps, TextField, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

#[derive(Template)]
#[template(path = "recovery/templates/paper.html")]
struct PaperPage {
    page: Page,
    steps: Steps,
    summary: Option<ErrorSummary>,
    title: &'static str,
    lead: &'static str,
    action: &'static str,
    login: Option<TextField>,
    code: TextField,
    submit: Button,
}

/// Whether this browser stands before a second factor that the saved code may stand for.
async fn in_flow(
    visit: &Visit,
    headers: &HeaderMap,
    what: Paper,
) -> std::result::Result<Option<Found>, Fault> {
    if what == Paper::Access {
        return Ok(None);
    }
    let Ok(found) = found(visit, headers).await? else { return Ok(None) };
    Ok((stands(visit, &found).await? == Next::Second && found.given.contact()).then_some(found))
}

fn draw(visit: &Visit, what: Paper, asks_login: bool, typed: &str, errors: &Errors) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let (title, lead, hint, action) = match what {
        Paper::Saved => (
            texts::text(lang, "recovery-saved-title"),
            texts::text(lang, "recovery-saved-lead"),
            texts::text(lang, "recovery-saved-hint"),
            "/recover/saved-code",
        ),
        Paper::Access => (
            texts::text(lang, "recovery-access-title"),
            texts::text(lang, "recovery-access-lead"),
            texts::text(lang, "recovery-access-hint"),
            "/recover/access-code",
        ),
    };
    let template = PaperPage {
        steps: steps(lang, 1),
        summary: errors.summary(lang),
        title,
        lead,
        action,
        login: asks_login.then(|| {
            TextField::new(lang, "login")
                .label(texts::text(lang, "recovery-login"))
                .hint(texts::text(lang, "recovery-login-hint"))
                .value(typed)
                .autocomplete("username")
                .maxlength(254)
                .exact()
                .error(errors.get("login"))
        }),
        code: TextField::new(lang, "code")
            .label(texts::text(lang, "recovery-paper-code"))
            .hint(hint)
            .autocomplete("off")
            .maxlength(64)
            .width(24)
            .exact()
            .error(errors.get("code")),
        submit: Button::new(texts::text(lang, "recovery-code-submit")).weight(Weight::Accent),
        page,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.html(status, &template)
}

async fn get(visit: Visit, headers: HeaderMap, what: Paper) -> std::result::Result<Response, Fault> {
    let asks_login = in_flow(&visit, &headers, what).await?.is_none();
    Ok(draw(&visit, what, asks_login, "", &Errors::new()))
}

/// Asks for the saved code.
pub async fn saved(visit: Visit, headers: HeaderMap) -> std::result::Result<Response, Fault> {
    get(visit, headers, Paper::Saved).await
}

/// Asks for the temporary code.
pub async fn access(visit: Visit, headers: HeaderMap) -> std::result::Result<Response, Fault> {
    get(visit, headers, Paper::Access).await
}

/// Takes the saved code.
pub async fn post_saved(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    post(visit, headers, &fields, Paper::Saved).await
}

/// Takes the temporary code.
pub async fn post_access(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    post(visit, headers, &fields, Paper::Access).await
}

async fn post(
    visit: Visit,
    headers: HeaderMap,
    fields: &Fields,
    what: Paper,
) -> std::result::Result<Response, Fault> {
    fields.only(&["login", "code"])?;
    let flow = in_flow(&visit, &headers, what).await?;
    let asks_login = flow.is_none();
    let typed_login = fields.text("login").to_owned();
    let mut errors = Errors::new();
    let login = Login::parse(&typed_login);
    if asks_login && login.is_none() {
        errors.add("login", visit.t("recovery-error-login"));
        return Ok(draw(&visit, what, asks_login, &typed_login, &errors));
    }
    let (ctx, config, code) = (visit.ctx().clone(), visit.app().config_arc(), fields.text("code").to_owned());
    let typed = visit
        .app()
        .write(move |tx| match (&flow, &login) {
            (Some(found), _) => papers::give_saved(tx, &ctx, &config, found, &code),
            (None, Some(login)) => papers::begin(tx, &ctx, &config, what, login, &code),
            (None, None) => Ok(Typed::Malformed),
        })
        .await?;
    let words = match typed {
        Typed::Right(Some(token)) => {
            // Where it stands is read with the new cookie.
            let mut response = visit.see_other("/recover/password");
            keep_cookie(&visit, &mut response, &token);
            return Ok(response);
        }
        Typed::Right(None) => return on(&visit, &headers).await,
        Typed::Wrong => visit.t("recovery-paper-wrong").to_owned(),
        Typed::Malformed => visit.t("recovery-paper-malformed").to_owned(),
        Typed::Wait(until) => {
            let left = format::clock((until - visit.now()).whole_seconds_up());
            texts::format(visit.lang(), "recovery-paper-wait", &[("time", Arg::from(left))])
        }
    };
    errors.add("code", words);
    Ok(draw(&visit, what, asks_login, &typed_login, &errors))
}
