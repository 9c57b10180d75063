//! `/recover/restart`: nothing is left but a contact; the account is deleted after a waiting period.

use super::path;
use super::under_way::{Turned, UnderWay};
use crate::recovery::restart::{self, Stage};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::ui::{Button, Checkbox, ErrorSummary, Errors, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

#[derive(Template)]
#[template(path = "recovery/templates/restart.html")]
struct RestartPage {
    page: Page,
    summary: Option<ErrorSummary>,
    /// When it can be done, while the period runs.
    until: Option<String>,
    /// What must be ticked, when the period is over.
    understood: Option<Checkbox>,
    submit: Button,
}

fn draw(visit: &Visit, stage: Stage, error: Option<&str>) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let mut errors = Errors::new();
    if let Some(error) = error {
        errors.add("understood", error);
    }
    let over = stage == Stage::Over;
    let template = RestartPage {
        summary: errors.summary(lang),
        until: match stage {
            Stage::Waits(until) => Some(page.date_time_zone(until)),
            _ => None,
        },
        understood: over.then(|| {
            Checkbox::new(lang, "understood")
                .label(page.t("recovery-restart-understood"))
                .error(errors.get("understood"))
        }),
        submit: match over {
            true => Button::new(page.t("recovery-restart-delete")).weight(Weight::Danger),
            false => Button::new(page.t("recovery-restart-ask")).weight(Weight::Secondary),
        },
        page,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.html(status, &template)
}

/// Explains, and shows how far it is.
pub async fn get(UnderWay { visit, found, next }: UnderWay) -> std::result::Result<Response, Fault> {
    let (ctx, of) = (visit.ctx().clone(), found);
    match visit.app().read(move |tx| restart::stage(tx, &ctx, &of)).await? {
        Stage::NotHere if next == super::Next::Second => Ok(visit.see_other("/recover/proofing")),
        Stage::NotHere => Ok(visit.see_other(path(next))),
        stage => Ok(draw(&visit, stage, None)),
    }
}

/// Begins the period, or deletes the account when it is over.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Turned> {
    fields.only(&["understood"])?;
    let UnderWay { visit, found, next } = UnderWay::of(visit, &headers).await?;
    if next != super::Next::Second {
        return Ok(visit.see_other("/recover/restart"));
    }
    let (ctx, of) = (visit.ctx().clone(), found.clone());
    let stage = visit.app().read(move |tx| restart::stage(tx, &ctx, &of)).await?;
    if stage == Stage::Over && !fields.ticked("understood") {
        return Ok(draw(&visit, stage, Some(visit.t("recovery-restart-tick"))));
    }
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), found.account.clone());
    if stage != Stage::Over {
        visit.app().write(move |tx| restart::ask(tx, &ctx, &config, &found)).await?;
        return Ok(visit.see_other("/recover/restart"));
    }
    let done = visit.app().write(move |tx| restart::delete(tx, &ctx, &config, &found)).await?;
    if let Some(account) = &account {
        visit.app().sessions().forget(account);
    }
    Ok(match done {
        true => visit.ok(&GonePage { page: visit.page() }),
        false => visit.see_other("/recover/restart"),
    })
}

#[derive(Template)]
#[template(path = "recovery/templates/restarted.html")]
struct GonePage {
    page: Page,
}
