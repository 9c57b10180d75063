//! `/sign-in/passkey`: signing in by a key alone.

use super::super::{Answer, Ceremony, Part, Refused, check, note_refusal, spend};
use crate::accounts::AccountId;
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::sessions::Token;
use crate::signin::door::{self, Entered, Entry};
use crate::signin::{addresses, web::let_in};
use crate::web::back;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::{Kind, Page};
use crate::web::ui::Notice;
use crate::web::visit::Visit;
use ::store::Tx;
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Time;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "signin/methods/passkey/templates/sign_in.html")]
struct KeyPage {
    page: Page,
    error: Option<Notice>,
    part: Part,
    back: String,
}

/// Where to go after signing in.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Ask {
    back: String,
}

fn draw(visit: &Visit, back: &str, refused: Option<&Refused>) -> Response {
    let ctx = visit.ctx();
    let part = Part::sign_in(ctx, &visit.app().config().passkeys);
    let template = KeyPage {
        error: refused.map(|refused| Notice::new(ctx.lang, Kind::Danger, refused.words(ctx.lang)).live()),
        part: match refused {
            Some(Refused::Unknown(id)) => part.forget(ctx, id),
            _ => part,
        },
        back: back.to_owned(),
        page: visit.page(),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.html(status, &template)
}

/// The page for those who come straight to it, and for a second try.
pub async fn get(visit: Visit, Query(ask): Query<Ask>) -> Response {
    if visit.session().is_some() {
        return visit.see_other(back::from_query(&ask.back));
    }
    draw(&visit, &ask.back, None)
}

/// What an answer led to.
enum Outcome {
    In(AccountId, Token),
    /// The account is not open: in the journal already.
    Closed,
    Refused(Refused),
    Wait(Time),
}

/// Signs in.
pub async fn post(visit: Visit, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["answer", "back"])?;
    let back = fields.text("back");
    let Some(answer) = Answer::read(fields.text("answer")) else {
        return Ok(draw(&visit, back, Some(&Refused::Wrong("answer"))));
    };
    let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
    let outcome = visit.app().write(move |tx| enter(tx, &ctx, &config, &answer)).await?;
    let word = match &outcome {
        Outcome::In(..) => "in",
        Outcome::Closed => "closed",
        Outcome::Refused(refused) => refused.word(),
        Outcome::Wait(_) => "wait",
    };
    metrics::counter!("passkey_sign_ins_total", "result" => word).increment(1);
    match outcome {
        Outcome::In(account, token) => let_in(&visit, &account, &token, false, back).await,
        Outcome::Closed => Ok(draw(&visit, back, Some(&Refused::Wrong("closed")))),
        Outcome::Refused(refused) => {
            if let Refused::Wrong(reason) = refused {
                tracing::info!(reason, "a passkey was refused");
            }
            Ok(draw(&visit, back, Some(&refused)))
        }
        Outcome::Wait(until) => Err(Fault::too_many(until - visit.now())),
    }
}

fn enter(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, answer: &Answer) -> Result<Outcome> {
    if let Some(until) = addresses::wait(tx, ctx, &config.limits)? {
        return Ok(Outcome::Wait(until));
    }
    let signed = match check(tx, ctx, Ceremony::SignIn, None, answer)? {
        Ok(signed) => signed,
        Err((refused, account)) => return refuse(tx, ctx, config, account.as_ref(), refused, answer),
    };
    if let Some(refused) = spend(tx, ctx, &signed)? {
        return refuse(tx, ctx, config, Some(&signed.account), refused, answer);
    }
    let entry = Entry { account: &signed.account, methods: signed.methods, remember: false };
    Ok(match door::enter(tx, ctx, config, &entry)? {
        Entered::In(token) => Outcome::In(signed.account, token),
        Entered::Refused(_) => Outcome::Closed,
    })
}

/// A refusal: the address is counted, the journal has it. A page that stood open for too long is nobody's fault.
fn refuse(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: Option<&AccountId>,
    refused: Refused,
    answer: &Answer,
) -> Result<Outcome> {
    if refused != Refused::Expired {
        addresses::count(tx, ctx, &config.limits)?;
    }
    note_refusal(tx, ctx, account, &refused, &answer.id)?;
    Ok(Outcome::Refused(refused))
}
