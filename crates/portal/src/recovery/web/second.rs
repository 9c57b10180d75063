//! `/recover/second`: the second factor, after the code to a contact; and what is said to people whom no page can help.

use super::under_way::{Turned, UnderWay};
use super::{on, path, steps};
use crate::error::Result;
use crate::factors::Kind;
use crate::recovery::store::Found;
use crate::recovery::{self, Next};
use crate::signin::methods::{self, Asked, Screen, Shown};
use crate::signin::web::second::{Ask, Begin, Other, begin, chosen, only, only_start, others, summary};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::ui::{Challenge, ErrorSummary, Steps};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "recovery/templates/second.html")]
struct SecondPage {
    page: Page,
    steps: Steps,
    summary: Option<ErrorSummary>,
    way: &'static str,
    start: &'static str,
    back: String,
    screen: Screen,
    challenge: Option<Challenge>,
    others: Vec<Other>,
}

/// What may be asked of this recovery, when a second factor is what it lacks; else the way to where it stands.
async fn asked(
    UnderWay { visit, found, next }: &UnderWay,
) -> Result<std::result::Result<(Found, Asked), Response>> {
    if *next != Next::Second {
        return Ok(Err(visit.see_other(path(*next))));
    }
    let (ctx, config, of) = (visit.ctx().clone(), visit.app().config_arc(), found.clone());
    let asked = visit.app().read(move |tx| recovery::asked(tx, &ctx, &config, &of)).await?;
    Ok(asked.map(|asked| (found.clone(), asked)).ok_or_else(|| visit.see_other("/recover/code")))
}

async fn draw(visit: &Visit, asked: &Asked, kind: Option<Kind>, shown: Shown) -> Result<Response> {
    let page = visit.page();
    let failed = shown.error.is_some() || shown.challenge.is_some();
    let method = kind.and_then(|kind| Some((kind, methods::of(kind)?)));
    let (screen, list, others) = match method {
        Some((kind, method)) => (
            method.screen(visit, asked, &shown).await?,
            summary(visit, kind, shown.error.as_deref()),
            others(visit, asked, kind, ""),
        ),
        None => {
            (Screen { lead: visit.t("recovery-second-none").into(), ..Screen::default() }, None, Vec::new())
        }
    };
    let template = SecondPage {
        steps: steps(page.lang, 1),
        summary: list,
        way: kind.map_or("", Kind::word),
        start: asked.what_for.start(),
        back: String::new(),
        screen,
        challenge: shown.challenge,
        others,
        page,
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.html(status, &template))
}

/// Asks for the factor.
pub async fn get(under_way: UnderWay, Query(ask): Query<Ask>) -> std::result::Result<Response, Fault> {
    match asked(&under_way).await? {
        Ok((_, asked)) => {
            Ok(draw(&under_way.visit, &asked, chosen(&asked, ask.way()), Shown::default()).await?)
        }
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// Takes the factor.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Turned> {
    let Some(kind) = Kind::from_word(fields.text("way")) else {
        return Err(Fault::bad_request("unknown way").into());
    };
    only(&fields, kind, &["way"])?;
    let under_way = UnderWay::of(visit, &headers).await?;
    let (found, asked) = match asked(&under_way).await? {
        Ok(both) => both,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let visit = under_way.visit;
    let (ctx, config, fields) = (visit.ctx().clone(), visit.app().config_arc(), Arc::new(fields));
    let given =
        visit.app().write(move |tx| recovery::give_second(tx, &ctx, &config, &found, kind, &fields)).await?;
    match given {
        Some(words) if !words.is_empty() => {
            let shown = Shown { error: Some(words), challenge: None };
            Ok(draw(&visit, &asked, Some(kind), shown).await?)
        }
        _ => Ok(on(&visit, &headers).await?),
    }
}

/// Sends a code by message.
pub async fn start(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Turned> {
    only_start(&fields, &[])?;
    let under_way = UnderWay::of(visit, &headers).await?;
    let asked = match asked(&under_way).await? {
        Ok((_, asked)) => asked,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let visit = under_way.visit;
    match begin(&visit, &asked, &fields).await? {
        Begin::Sent(name) => Ok(visit.see_other_with("/recover/second?way=sms", name)),
        Begin::Not(shown) => Ok(draw(&visit, &asked, Some(Kind::Sms), shown).await?),
        Begin::Over => Ok(on(&visit, &headers).await?),
    }
}

#[derive(Template)]
#[template(path = "recovery/templates/proofing.html")]
struct ProofingPage {
    page: Page,
}

/// Where to go when no page can help: the same for everybody.
pub async fn proofing(visit: Visit) -> Response {
    visit.ok(&ProofingPage { page: visit.page() })
}
