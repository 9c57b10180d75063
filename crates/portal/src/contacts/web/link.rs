//! `/contacts/link/{token}`: the link of the letter to a new address. It acts only in a browser that is signed in to the
//! account which asked for it; everywhere else the page says what to do instead.

use super::super::{follow_link, link_is_of};
use super::{CODE, LIST};
use crate::factors;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::is_fresh;
use crate::web::page::Page;
use crate::web::ui::{Button, LinkButton, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "contacts/templates/link.html")]
struct LinkPage {
    page: Page,
    /// `None`: dead. `Some(false)`: of another account, or nobody is signed in here.
    own: Option<bool>,
    action: String,
    submit: Button,
    sign_in: LinkButton,
}

/// Says what the button will do.
pub async fn get(visit: Visit, Path(token): Path<String>) -> std::result::Result<Response, Fault> {
    let account = visit.session().map(|session| session.account.clone());
    let (ctx, asked) = (visit.ctx().clone(), token.clone());
    let own = visit.app().read(move |tx| link_is_of(tx, &ctx, &asked, account.as_ref())).await?;
    let mut page = visit.page();
    // The switches of language and looks must not carry the token around.
    page.path = LIST.into();
    let status = if own.is_some() { StatusCode::OK } else { StatusCode::GONE };
    let template = LinkPage {
        own,
        action: format!("/contacts/link/{token}"),
        submit: Button::new(page.t("contacts-link-submit")).weight(Weight::Accent),
        sign_in: LinkButton::new(page.t("web-sign-in"), format!("/sign-in?back={CODE}")),
        page,
    };
    Ok(visit.html(status, &template))
}

/// Lets the contact come.
pub async fn post(
    visit: Visit,
    Path(token): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let Some(session) = visit.session().cloned() else {
        return Ok(visit.see_other(&format!("/sign-in?back={CODE}")));
    };
    if factors::is_bind_only(&session.methods) {
        return Ok(visit.see_other_with(factors::web::PAGE, "factor-first"));
    }
    if !is_fresh(session.auth_at, visit.now(), visit.app().config().sessions.fresh_seconds) {
        // The code of the same letter does the same there.
        return Ok(visit.see_other(&format!("/confirm?back={CODE}")));
    }
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let confirmed = visit.app().write(move |tx| follow_link(tx, &ctx, &config, &account, &token)).await?;
    visit.app().sessions().forget(&session.account);
    Ok(super::after(&visit, &confirmed).unwrap_or_else(|| visit.see_other(LIST)))
}
