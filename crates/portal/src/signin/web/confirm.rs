//! `/confirm`: a factor is asked again before a sensitive act (spec 01 §2), then back to where one was.
//!
//! Whoever has second factors gives one of them; whoever has none gives the password. The session gets a new secret.

use super::super::methods::{self, Asked, Screen, Shown};
use super::super::second::{self, Again};
use super::super::{Confirmed, confirm_password};
use super::second::{Begin, Other, begin, chosen, only, only_start, others, summary};
use crate::factors::Kind;
use crate::sessions::{self, Session};
use crate::web::back;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::format;
use crate::web::page::Page;
use crate::web::texts::{self, Arg};
use crate::web::ui::{Button, Challenge, ErrorSummary, Errors, PasswordField, Weight, Words};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// The word of the form that asks for the password.
const PASSWORD: &str = "password";

/// Where to go afterwards, and which way the person chose.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Ask {
    back: String,
    way: String,
}

#[derive(Template)]
#[template(path = "signin/templates/confirm.html")]
struct ConfirmPage {
    page: Page,
    summary: Option<ErrorSummary>,
    way: &'static str,
    start: &'static str,
    back: String,
    screen: Screen,
    challenge: Option<Challenge>,
    others: Vec<Other>,
}

async fn asked(visit: &Visit, session: &Arc<Session>) -> crate::error::Result<Asked> {
    let session = session.clone();
    visit.app().read(move |tx| second::asked_of_session(tx, &session)).await
}

async fn draw(
    visit: &Visit,
    asked: &Asked,
    kind: Option<Kind>,
    shown: Shown,
    back: &str,
) -> std::result::Result<Response, Fault> {
    let back = back::from_query(back).to_owned();
    let page = visit.page();
    let failed = shown.error.is_some() || shown.challenge.is_some();
    let method = kind.and_then(|kind| Some((kind, methods::of(kind)?)));
    let (way, list, screen, others) = match method {
        Some((kind, method)) => (
            kind.word(),
            summary(visit, kind, shown.error.as_deref()),
            method.screen(visit, asked, &shown).await?,
            others(visit, asked, kind, &format!("&back={}", back::to_query(&back))),
        ),
        None => {
            let mut errors = Errors::new();
            if let Some(words) = &shown.error {
                errors.add(PASSWORD, words.as_str());
            }
            (PASSWORD, errors.summary(page.lang), password_screen(visit, shown.error.as_deref()), Vec::new())
        }
    };
    let template = ConfirmPage {
        summary: list,
        way,
        start: asked.what_for.start(),
        back,
        screen,
        challenge: shown.challenge,
        others,
        page,
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.html(status, &template))
}

fn password_screen(visit: &Visit, error: Option<&str>) -> Screen {
    let field = PasswordField::current(visit.lang(), PASSWORD).label(visit.t("signin-password")).error(error);
    Screen {
        lead: visit.t("signin-confirm-password-lead").into(),
        body: Words::html(&field),
        submit: Some(Button::new(visit.t("signin-confirm-submit")).weight(Weight::Accent)),
        ..Screen::default()
    }
}

/// Asks for a factor.
pub async fn get(
    SignedIn { visit, session }: SignedIn,
    Query(ask): Query<Ask>,
) -> std::result::Result<Response, Fault> {
    let asked = asked(&visit, &session).await?;
    draw(&visit, &asked, chosen(&asked, &ask.way), Shown::default(), &ask.back).await
}

/// Takes the factor.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    if fields.text("way") == PASSWORD {
        return by_password(&visit, &session, &fields).await;
    }
    let Some(kind) = Kind::from_word(fields.text("way")) else {
        return Err(Fault::bad_request("unknown way"));
    };
    only(&fields, kind, &["way", "back"])?;
    let back = fields.text("back").to_owned();
    let again = second::again(visit.app(), visit.ctx(), &session, kind, Arc::new(fields)).await?;
    visit.app().sessions().forget(&session.account);
    match again {
        Again::Fresh(token) => Ok(on(&visit, &session, &token, &back)),
        Again::Over => {
            Ok(visit.see_other(&format!("/confirm?back={}", back::to_query(back::from_query(&back)))))
        }
        Again::Wrong(asked, words) => {
            let shown = Shown { error: Some(words), challenge: None };
            draw(&visit, &asked, Some(kind), shown, &back).await
        }
    }
}

/// The password, of somebody without second factors.
async fn by_password(
    visit: &Visit,
    session: &Arc<Session>,
    fields: &Fields,
) -> std::result::Result<Response, Fault> {
    fields.only(&["way", "back", PASSWORD])?;
    let (asked, back) = (asked(visit, session).await?, fields.text("back"));
    if !asked.ways.is_empty() {
        // A second factor was bound meanwhile: the password is not enough any more.
        return draw(visit, &asked, chosen(&asked, ""), Shown::default(), back).await;
    }
    let refusal = if fields.text(PASSWORD).len() > 1_024 {
        Confirmed::Wrong
    } else {
        confirm_password(visit.app(), visit.ctx(), &session.account, true, &fields.secret(PASSWORD)).await?
    };
    let words = match refusal {
        Confirmed::Right => {
            let (ctx, own) = (visit.ctx().clone(), session.clone());
            let renewed = visit
                .app()
                .write(move |tx| {
                    // Looked at again where it counts: between the page and here a factor may have come.
                    if !second::asked_of_session(tx, &own)?.ways.is_empty() {
                        return Ok(None);
                    }
                    second::renew(tx, &ctx, &own, "pwd", "pwd")
                })
                .await?;
            visit.app().sessions().forget(&session.account);
            return Ok(match renewed {
                Some(token) => on(visit, session, &token, back),
                None => visit.see_other("/confirm"),
            });
        }
        Confirmed::Wrong => visit.t("signin-confirm-password-wrong").to_owned(),
        Confirmed::Locked(until) => {
            let left = format::clock((until - visit.now()).whole_seconds_up());
            texts::format(visit.lang(), "signin-second-wait", &[("time", Arg::from(left))])
        }
    };
    draw(visit, &asked, None, Shown { error: Some(words), challenge: None }, back).await
}

fn on(visit: &Visit, session: &Session, token: &sessions::Token, back: &str) -> Response {
    let mut response = visit.see_other(back::from_query(back));
    sessions::web::keep_cookie(visit, &mut response, token, session.remember);
    response
}

/// Sends a code.
pub async fn start(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    only_start(&fields, &["back"])?;
    let asked = asked(&visit, &session).await?;
    let back = back::from_query(fields.text("back")).to_owned();
    match begin(&visit, &asked, &fields).await? {
        Begin::Sent(name) => {
            let place = format!("/confirm?way=sms&back={}", back::to_query(&back));
            Ok(visit.see_other_with(&place, name))
        }
        Begin::Not(shown) => draw(&visit, &asked, Some(Kind::Sms), shown, &back).await,
        Begin::Over => Ok(visit.see_other("/confirm")),
    }
}
