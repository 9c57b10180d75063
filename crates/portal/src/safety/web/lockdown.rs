//! `/cabinet/security/lockdown`: closing the account for everybody.

use super::super::{By, lock_down};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::Page;
use crate::web::ui::{Button, Checkbox, ErrorSummary, Errors, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::Response;

#[derive(Template)]
#[template(path = "safety/templates/lockdown.html")]
struct LockdownPage {
    page: Page,
    summary: Option<ErrorSummary>,
    wait: String,
    understood: Checkbox,
    submit: Button,
}

fn draw(visit: &Visit, errors: &Errors) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let hours = visit.app().config().safety.lockdown_wait_hours;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let template = LockdownPage {
        summary: errors.summary(lang),
        wait: page.tf1("safety-lockdown-back-wait", "hours", hours),
        understood: Checkbox::new(lang, "understood")
            .label(visit.t("safety-lockdown-understood"))
            .error(errors.get("understood")),
        submit: Button::new(visit.t("safety-lockdown-submit")).weight(Weight::Danger),
        page,
    };
    visit.html(status, &template)
}

/// The page.
pub async fn get(Fresh { visit, .. }: Fresh) -> Response {
    draw(&visit, &Errors::new())
}

/// Closes the account; this session ends with the others.
pub async fn post(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["understood"])?;
    if !fields.ticked("understood") {
        let mut errors = Errors::new();
        errors.add("understood", visit.t("safety-lockdown-understood-error"));
        return Ok(draw(&visit, &errors));
    }
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let closed = visit.app().write(move |tx| lock_down(tx, &ctx, &config, &account, By::Owner)).await;
    visit.app().sessions().forget(&session.account);
    closed?;
    let mut response = visit.see_other("/account-closed");
    response.headers_mut().append(header::SET_COOKIE, visit.app().jar().clear("sid"));
    Ok(response)
}
