//! `/cabinet/security/data`: what one can do with one's data.

use crate::closing::export;
use crate::error::Result;
use crate::limits::{self, Taken};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::Page;
use crate::web::ui::{Button, LinkButton, Weight};
use crate::web::visit::SignedIn;
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "closing/templates/data.html")]
struct DataPage {
    page: Page,
    grace_days: i64,
    delete: LinkButton,
    take: Button,
}

/// The page.
pub async fn get(SignedIn { visit, .. }: SignedIn) -> std::result::Result<Response, Fault> {
    let template = DataPage {
        grace_days: visit.app().config().closing.grace_days,
        delete: LinkButton::new(visit.t("closing-delete-open"), "/cabinet/security/delete")
            .weight(Weight::Secondary),
        take: Button::new(visit.t("closing-export-take")).weight(Weight::Primary),
        page: visit.page(),
    };
    Ok(visit.ok(&template))
}

/// The copy, as a file to keep.
pub async fn take(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let limit = visit.app().config().closing.exports_per_account;
    let made: Result<_> = visit
        .app()
        .write(move |tx| match limits::take(tx, &ctx, "exports", id.as_str(), limit)? {
            Taken::Wait { until } => Ok(Err(until)),
            Taken::Allowed { .. } => Ok(Ok(export::take(tx, &ctx, &id)?)),
        })
        .await;
    let copy = made?.map_err(|until| Fault::too_many(until - visit.now()))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"pristan-data.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, copy).into_response())
}
