//! `/n/{token}`: the link of a notice. Opening it changes nothing; the button does.

use super::super::{Choice, Kept, Reported, keep_by_link, kept, report};
use crate::notifications::links::{self, Act, Found};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::ui::{Button, Radios, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "safety/templates/link.html")]
struct LinkPage {
    page: Page,
    live: Option<Live>,
    action: String,
}

/// What a living link offers.
enum Live {
    /// «Это был не я».
    NotMe { when: String, choice: Option<Radios>, submit: Button },
    /// What waits can be stopped.
    Keep { what: &'static str, submit: Button },
}

async fn find(visit: &Visit, token: &str) -> crate::error::Result<Option<Found>> {
    let (ctx, token) = (visit.ctx().clone(), token.to_owned());
    let found = visit.app().read(move |tx| links::find(tx, &ctx, &token)).await?;
    Ok(found.filter(|found| found.live))
}

fn live(visit: &Visit, page: &Page, found: &Found) -> Option<Live> {
    match found.act {
        Act::NotMe => {
            let options = Radios::new(page.lang, "choice")
                .label(visit.t("safety-link-choice"))
                .option_with("all", visit.t("safety-link-all"), visit.t("safety-link-all-hint"), None)
                .option_with(
                    "session",
                    visit.t("safety-link-session"),
                    visit.t("safety-link-session-hint"),
                    None,
                )
                .selected(Some("all"));
            Some(Live::NotMe {
                when: page.date_time(found.created_at),
                choice: (!found.object.is_empty()).then_some(options),
                submit: Button::new(visit.t("safety-link-submit")).weight(Weight::Danger),
            })
        }
        Act::Keep => {
            let (what, _) = kept(&found.object)?;
            let what = match what {
                Kept::Lockdown => visit.t("safety-lockdown-title"),
                Kept::Ban(ban) => crate::web::texts::text(page.lang, ban.rule().title),
            };
            let submit = Button::new(visit.t("safety-link-keep-submit")).weight(Weight::Primary);
            Some(Live::Keep { what, submit })
        }
    }
}

/// Shows what the link does, and a button.
pub async fn get(visit: Visit, Path(token): Path<String>) -> std::result::Result<Response, Fault> {
    let found = find(&visit, &token).await?;
    let mut page = visit.page();
    // The switches of language and looks must not carry the token around.
    page.path = "/".into();
    let live = found.and_then(|found| live(&visit, &page, &found));
    let status = if live.is_some() { StatusCode::OK } else { StatusCode::GONE };
    Ok(visit.html(status, &LinkPage { page, live, action: format!("/n/{token}") }))
}

/// Does what the link is for.
pub async fn post(
    visit: Visit,
    Path(token): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["choice"])?;
    let Some(found) = find(&visit, &token).await? else {
        // Sent twice, or too late: the page says so.
        return Ok(visit.see_other(&format!("/n/{}", back_token(&token))));
    };
    match found.act {
        Act::NotMe => not_me(visit, token, fields.text("choice") == "session").await,
        Act::Keep => {
            let ctx = visit.ctx().clone();
            let spent = token.clone();
            let stopped = visit.app().write(move |tx| keep_by_link(tx, &ctx, &spent)).await?;
            if stopped {
                return Ok(visit.see_other_with("/", "kept"));
            }
            Ok(visit.see_other(&format!("/n/{}", back_token(&token))))
        }
    }
}

async fn not_me(visit: Visit, token: String, only_that: bool) -> std::result::Result<Response, Fault> {
    let (ctx, config, asked) = (visit.ctx().clone(), visit.app().config_arc(), token.clone());
    let choice = if only_that { Choice::ThatSession } else { Choice::All };
    let done = visit.app().write(move |tx| report(tx, &ctx, &config, &asked, choice)).await?;
    match done {
        Reported::Closed(account) => {
            visit.app().sessions().forget(&account);
            Ok(visit.see_other("/account-closed"))
        }
        Reported::SessionEnded(account) => {
            visit.app().sessions().forget(&account);
            Ok(visit.see_other_with(&format!("/n/{}", back_token(&token)), "session-ended"))
        }
        Reported::Dead => Ok(visit.see_other(&format!("/n/{}", back_token(&token)))),
    }
}

/// A token as it may stand in an address: what has not its form becomes nothing of the kind.
fn back_token(token: &str) -> &str {
    let fine =
        token.len() == 22 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fine { token } else { "x" }
}

#[derive(Template)]
#[template(path = "safety/templates/closed.html")]
struct ClosedPage {
    page: Page,
}

/// Says what a lockdown did, and the way on. The same for everybody: it tells nothing about any account.
pub async fn closed(visit: Visit) -> Response {
    visit.ok(&ClosedPage { page: visit.page() })
}
