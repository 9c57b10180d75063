//! `/sign-in/qr` on the screen that asks, `/qr/…` on the phone that lets in.

use super::{Begun, Collected, Decision, Secrets, Standing};
use crate::signin::web::let_in;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::{Kind, Page};
use crate::web::routes::{Access, Routes};
use crate::web::ui::{Button, Countdown, ErrorSummary, Errors, Notice, Qr, SummaryList, TextField, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// The cookie of the browser that shows a code.
const COOKIE: &str = "qr";

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/sign-in/qr", Access::Anyone, screen)
        .post("/sign-in/qr", Access::Anyone, begin)
        .get("/sign-in/qr/state", Access::Anyone, state)
        .post("/sign-in/qr/finish", Access::Anyone, finish)
        .get("/qr/{token}", Access::SignedIn, phone)
        .post("/qr/{token}", Access::SignedIn, decide)
}

#[derive(Template)]
#[template(path = "signin/qr/templates/screen.html")]
struct ScreenPage {
    page: Page,
    back: String,
    shown: Shown,
}

/// What stands on the asking screen.
enum Shown {
    /// No code yet, or not any more; the words why.
    Start { why: Option<Notice>, begin: Button },
    /// The code.
    Code { qr: Option<Qr>, number: String, left: Countdown, again: Button },
    /// The phone approved: who is about to be signed in.
    Agree { name: String, yes: Button, no: Button },
}

/// Where to go after signing in.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Ask {
    back: String,
}

fn secrets(visit: &Visit, headers: &HeaderMap) -> Option<Secrets> {
    visit.app().jar().get(headers, COOKIE).and_then(Secrets::of)
}

async fn standing(visit: &Visit, secrets: &Secrets) -> crate::error::Result<Standing> {
    let (ctx, config, token) =
        (visit.ctx().clone(), visit.app().config_arc(), secrets.token.expose().clone());
    visit.app().read(move |tx| super::standing(tx, &ctx, &config.qr, &token)).await
}

/// The asking screen.
async fn screen(
    visit: Visit,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> std::result::Result<Response, Fault> {
    if visit.session().is_some() {
        return Ok(visit.see_other("/cabinet"));
    }
    let start = |words: Option<&'static str>| Shown::Start {
        why: words.map(|words| Notice::new(visit.lang(), Kind::Warning, words).live()),
        begin: Button::new(visit.t("signin-qr-begin")).weight(Weight::Accent),
    };
    let shown = match secrets(&visit, &headers) {
        None => start(None),
        Some(secrets) => match standing(&visit, &secrets).await? {
            Standing::Waiting(until) => {
                let address = format!("{}/qr/{}", visit.app().public_url(), secrets.link);
                let left = (until - visit.now()).whole_seconds_up();
                Shown::Code {
                    qr: Qr::new(&address, visit.t("signin-qr-picture")),
                    number: secrets.number,
                    left: Countdown::new(visit.lang(), "signin-qr-left", left, visit.t("signin-qr-over")),
                    again: Button::new(visit.t("signin-qr-again")).weight(Weight::Quiet),
                }
            }
            Standing::Approved(account) => {
                let ctx = visit.ctx().clone();
                let name = visit.app().read(move |tx| super::shown_name(tx, &ctx, &account)).await?;
                Shown::Agree {
                    name,
                    yes: Button::new(visit.t("signin-qr-yes")).value("act", "yes").weight(Weight::Accent),
                    no: Button::new(visit.t("signin-qr-no")).value("act", "no").weight(Weight::Secondary),
                }
            }
            Standing::Refused => start(Some(visit.t("signin-qr-refused"))),
            Standing::Over => start(Some(visit.t("signin-qr-over"))),
        },
    };
    Ok(visit.ok(&ScreenPage { back: ask.back, shown, page: visit.page() }))
}

/// Shows a code.
async fn begin(visit: Visit, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["back"])?;
    let (ctx, config, back) = (visit.ctx().clone(), visit.app().config_arc(), fields.text("back").to_owned());
    match visit.app().write(move |tx| super::begin(tx, &ctx, &config, &back)).await? {
        Begun::Shown(token) => {
            let mut response = visit.see_other("/sign-in/qr");
            let settings = &visit.app().config().qr;
            let seconds = settings.show_seconds + settings.collect_seconds;
            let cookie = visit.app().jar().set(COOKIE, token.expose(), Some(seconds));
            response.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(response)
        }
        Begun::Wait(until) => Err(Fault::too_many(until - visit.now())),
    }
}

/// One word for the script of the asking screen.
async fn state(visit: Visit, headers: HeaderMap) -> std::result::Result<Response, Fault> {
    let standing = match secrets(&visit, &headers) {
        Some(secrets) => standing(&visit, &secrets).await?,
        None => Standing::Over,
    };
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], standing.word()).into_response())
}

/// The person at the asking screen agrees, or does not.
async fn finish(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["act"])?;
    let Some(secrets) = secrets(&visit, &headers) else { return Ok(visit.see_other("/sign-in/qr")) };
    let (ctx, config, token) =
        (visit.ctx().clone(), visit.app().config_arc(), secrets.token.expose().clone());
    if fields.text("act") != "yes" {
        visit.app().write(move |tx| super::turn_away(tx, &ctx, &token)).await?;
        return Ok(forgotten(&visit, visit.see_other("/sign-in")));
    }
    match visit.app().write(move |tx| super::collect(tx, &ctx, &config, &token)).await? {
        Collected::In(account, token, back) => {
            let response = let_in(&visit, &account, &token, false, &back).await?;
            Ok(forgotten(&visit, response))
        }
        Collected::Over => Ok(visit.see_other("/sign-in/qr")),
    }
}

fn forgotten(visit: &Visit, mut response: Response) -> Response {
    response.headers_mut().append(header::SET_COOKIE, visit.app().jar().clear(COOKIE));
    response
}

#[derive(Template)]
#[template(path = "signin/qr/templates/phone.html")]
struct PhonePage {
    page: Page,
    summary: Option<ErrorSummary>,
    action: String,
    warning: Notice,
    facts: SummaryList,
    field: TextField,
    yes: Button,
    no: Button,
}

#[derive(Template)]
#[template(path = "signin/qr/templates/decided.html")]
struct DecidedPage {
    page: Page,
    title: &'static str,
    lead: &'static str,
}

/// What the phone says when nothing is left to decide.
fn decided(visit: &Visit, decision: Decision) -> Response {
    let (title, lead) = match decision {
        Decision::Approved => (visit.t("signin-qr-approved-title"), visit.t("signin-qr-approved")),
        Decision::Refused => (visit.t("signin-qr-denied-title"), visit.t("signin-qr-denied")),
        Decision::WrongNumber => (visit.t("signin-qr-wrong-title"), visit.t("signin-qr-wrong")),
        Decision::Gone | Decision::Wait(_) => (visit.t("signin-qr-gone-title"), visit.t("signin-qr-gone")),
    };
    visit.ok(&DecidedPage { page: visit.page(), title, lead })
}

async fn draw_phone(
    visit: &Visit,
    link: &str,
    error: Option<&'static str>,
) -> crate::error::Result<Response> {
    let (ctx, asked) = (visit.ctx().clone(), link.to_owned());
    let Some((asking, since)) = visit.app().read(move |tx| super::asking(tx, &ctx, &asked)).await? else {
        return Ok(decided(visit, Decision::Gone));
    };
    let page = visit.page();
    let agent = match asking.agent.is_empty() {
        true => visit.t("sessions-unknown-device").to_owned(),
        false => asking.agent,
    };
    let mut facts = SummaryList::new().row(visit.t("signin-qr-device"), agent);
    facts = facts.row(visit.t("signin-qr-address"), asking.address);
    if !asking.country.is_empty() {
        facts = facts.row(visit.t("signin-qr-country"), asking.country);
    }
    facts = facts.row(visit.t("signin-qr-time"), page.date_time(since));
    let mut errors = Errors::new();
    if let Some(words) = error {
        errors.add("number", words);
    }
    let template = PhonePage {
        summary: errors.summary(page.lang),
        action: format!("/qr/{link}"),
        warning: Notice::new(page.lang, Kind::Warning, visit.t("signin-qr-warning")),
        facts,
        field: TextField::new(page.lang, "number")
            .label(visit.t("signin-qr-number"))
            .hint(visit.t("signin-qr-number-hint"))
            .inputmode("numeric")
            .autocomplete("off")
            .maxlength(2)
            .width(4)
            .exact()
            .error(errors.get("number")),
        yes: Button::new(visit.t("signin-qr-approve")).value("act", "approve").weight(Weight::Primary),
        no: Button::new(visit.t("signin-qr-refuse"))
            .value("act", "refuse")
            .weight(Weight::Danger)
            .skip_checks(),
        page,
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.html(status, &template))
}

/// The phone: who asks, and the field for the number.
async fn phone(Fresh { visit, .. }: Fresh, Path(link): Path<String>) -> std::result::Result<Response, Fault> {
    Ok(draw_phone(&visit, &link, None).await?)
}

/// The phone decides. What cannot be a number at all is asked again; a number is tried once.
async fn decide(
    Fresh { visit, session }: Fresh,
    Path(link): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["act", "number"])?;
    let typed = kernel::text::trim(fields.text("number")).to_owned();
    let approve = match fields.text("act") {
        "refuse" => false,
        "approve" => true,
        _ => return Err(Fault::bad_request("unknown act")),
    };
    if approve && !(typed.len() == 2 && typed.bytes().all(|byte| byte.is_ascii_digit())) {
        return Ok(draw_phone(&visit, &link, Some(visit.t("signin-qr-number-bad"))).await?);
    }
    let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
    let decision = visit
        .app()
        .write(move |tx| super::decide(tx, &ctx, &config, &session, &link, approve.then_some(typed.as_str())))
        .await?;
    match decision {
        Decision::Wait(until) => Err(Fault::too_many(until - visit.now())),
        decision => Ok(decided(&visit, decision)),
    }
}
