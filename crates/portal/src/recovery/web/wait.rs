//! `/recover/wait`: the second factor is lost; and the page behind the button of the notices, which cancels.

use super::under_way::{Turned, UnderWay};
use super::{path, steps};
use crate::recovery::Next;
use crate::recovery::waiting::{self, Aim};
use crate::signin::{self, Confirmed};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::format;
use crate::web::page::Page;
use crate::web::texts::{self, Arg};
use crate::web::ui::{Button, ErrorSummary, Errors, PasswordField, Steps, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use kernel::Time;

#[derive(Template)]
#[template(path = "recovery/templates/wait.html")]
struct WaitPage {
    page: Page,
    steps: Steps,
    summary: Option<ErrorSummary>,
    /// When the period ends, once it has begun.
    until: Option<String>,
    /// How long it takes, before it has begun.
    lead: String,
    password: PasswordField,
    submit: Button,
}

fn draw(visit: &Visit, until: Option<Time>, error: Option<String>) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let mut errors = Errors::new();
    if let Some(error) = &error {
        errors.add("password", error.as_str());
    }
    let template = WaitPage {
        steps: steps(lang, 1),
        summary: errors.summary(lang),
        lead: page.tf(
            "recovery-wait-lead",
            &[
                ("hours", visit.app().config().recovery.wait_hours.into()),
                ("days", (visit.app().config().recovery.wait_hours_suspect / 24).into()),
            ],
        ),
        until: until.map(|until| page.date_time_zone(until)),
        password: PasswordField::current(lang, "password")
            .label(texts::text(lang, "recovery-wait-password"))
            .error(errors.get("password")),
        submit: Button::new(texts::text(lang, "recovery-wait-submit")).weight(Weight::Primary),
        page,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.html(status, &template)
}

/// Explains, and shows the end of a period that has begun.
pub async fn get(UnderWay { visit, found, next }: UnderWay) -> std::result::Result<Response, Fault> {
    let Some(account) = found.account.filter(|_| next == Next::Second) else {
        return Ok(visit.see_other(path(next)));
    };
    let ctx = visit.ctx().clone();
    let until = visit.app().read(move |tx| waiting::until(tx, &ctx, &account, Aim::Factor)).await?;
    Ok(draw(&visit, until, None))
}

/// Begins the period: a contact was proved, and the password is known.
pub async fn post(
    visit: Visit,
    headers: HeaderMap,
    Form(fields): Form,
) -> std::result::Result<Response, Turned> {
    fields.only(&["password"])?;
    let UnderWay { visit, found, next } = UnderWay::of(visit, &headers).await?;
    let proved = found.given.contact() && next == Next::Second;
    let Some(account) = found.account.filter(|_| proved) else { return Ok(visit.see_other(path(next))) };
    let typed = fields.secret("password");
    let words = match signin::confirm_password(visit.app(), visit.ctx(), &account, false, &typed).await? {
        Confirmed::Right => None,
        Confirmed::Wrong => Some(visit.t("recovery-wait-wrong").to_owned()),
        Confirmed::Locked(until) => {
            let left = format::clock((until - visit.now()).whole_seconds_up());
            Some(texts::format(visit.lang(), "recovery-paper-wait", &[("time", Arg::from(left))]))
        }
    };
    if words.is_some() {
        return Ok(draw(&visit, None, words));
    }
    let (ctx, config) = (visit.ctx().clone(), visit.app().config_arc());
    visit.app().write(move |tx| waiting::begin(tx, &ctx, &config, &account, Aim::Factor)).await?;
    Ok(visit.see_other("/recover/wait"))
}

#[derive(Template)]
#[template(path = "recovery/templates/cancel.html")]
struct CancelPage {
    page: Page,
    token: String,
    /// What can be cancelled.
    open: Option<Aim>,
    /// What was cancelled by this answer.
    done: Option<Aim>,
    submit: Button,
}

fn draw_cancel(visit: &Visit, token: String, open: Option<Aim>, done: Option<Aim>) -> Response {
    let page = visit.page();
    let submit = Button::new(page.t("recovery-cancel-submit")).weight(Weight::Danger);
    let status = if open.or(done).is_some() { StatusCode::OK } else { StatusCode::GONE };
    visit.html(status, &CancelPage { page, token, open, done, submit })
}

/// The page behind the link; it changes nothing.
pub async fn cancel_page(visit: Visit, Path(token): Path<String>) -> std::result::Result<Response, Fault> {
    let (ctx, asked) = (visit.ctx().clone(), token.clone());
    let open = visit.app().read(move |tx| waiting::cancellable(tx, &ctx, &asked)).await?;
    Ok(draw_cancel(&visit, token, open, None))
}

/// Cancels.
pub async fn cancel(
    visit: Visit,
    Path(token): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let ctx = visit.ctx().clone();
    let done = visit.app().write(move |tx| waiting::cancel(tx, &ctx, &token)).await?;
    Ok(draw_cancel(&visit, String::new(), None, done))
}
